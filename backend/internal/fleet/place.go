package fleet

import (
	"bytes"
	"encoding/json"
	"maps"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// placeOf is the path of the value that has the wrong type, with the places in lists, which the decoder does not tell.
func placeOf(raw json.RawMessage, wrong *json.UnmarshalTypeError) string {
	d := json.NewDecoder(bytes.NewReader(raw))
	d.UseNumber() // one that is too large is a token too
	path := walkTo(d, wrong.Offset, "")
	// An error from within a type that decodes itself counts its bytes from elsewhere.
	if field := withoutEmbedded(wrong.Field); withoutIndices(path) != field {
		return field
	}
	return path
}

// withoutEmbedded drops the names of embedded structs, which the decoder tells and JSON does not have: ours are written
// with a capital, fields of JSON are not.
func withoutEmbedded(field string) string {
	names := slices.DeleteFunc(strings.Split(field, "."), func(name string) bool { return name != "" && name[0] >= 'A' && name[0] <= 'Z' })
	return strings.Join(names, ".")
}

func withoutIndices(path string) string {
	return regexp.MustCompile(`\[\d+\]`).ReplaceAllString(path, "")
}

// walkTo reads one value and returns the path of the innermost one that ends or begins at offset; "" when it is not here.
func walkTo(d *json.Decoder, offset int64, path string) string {
	token, err := d.Token()
	if err != nil {
		return ""
	}
	if d.InputOffset() >= offset {
		return path
	}
	delim, ok := token.(json.Delim)
	if !ok {
		return ""
	}
	for n := 0; d.More(); n++ {
		below := path + "[" + strconv.Itoa(n) + "]"
		if delim == '{' {
			name, err := d.Token()
			if err != nil {
				return ""
			}
			text, _ := name.(string)
			below = joinPath(path, text)
		}
		if found := walkTo(d, offset, below); found != "" || d.InputOffset() >= offset {
			return found
		}
	}
	_, _ = d.Token() // the end of the list or object; what is broken is found by the decoder
	return ""
}

// placeOfUnknown is the path of the first field, by name, that the shape does not have.
func placeOfUnknown(raw json.RawMessage, shape reflect.Type, path string) (string, bool) {
	for shape.Kind() == reflect.Pointer {
		shape = shape.Elem()
	}
	if reflect.PointerTo(shape).Implements(reflect.TypeFor[json.Unmarshaler]()) {
		return "", false
	}
	if shape.Kind() == reflect.Slice {
		return placeInList(raw, shape.Elem(), path)
	}
	if shape.Kind() == reflect.Struct {
		return placeInObject(raw, shape, path)
	}
	return "", false
}

func placeInList(raw json.RawMessage, shape reflect.Type, path string) (string, bool) {
	var items []json.RawMessage
	if json.Unmarshal(raw, &items) != nil {
		return "", false
	}
	for n, item := range items {
		if found, ok := placeOfUnknown(item, shape, path+"["+strconv.Itoa(n)+"]"); ok {
			return found, true
		}
	}
	return "", false
}

func placeInObject(raw json.RawMessage, shape reflect.Type, path string) (string, bool) {
	var object map[string]json.RawMessage
	if json.Unmarshal(raw, &object) != nil {
		return "", false
	}
	fields := map[string]reflect.Type{}
	for _, f := range reflect.VisibleFields(shape) {
		if name, _, _ := strings.Cut(f.Tag.Get("json"), ","); name != "" {
			fields[strings.ToLower(name)] = f.Type
		}
	}
	for _, name := range slices.Sorted(maps.Keys(object)) {
		known, ok := fields[strings.ToLower(name)]
		if !ok {
			return joinPath(path, name), true
		}
		if found, ok := placeOfUnknown(object[name], known, joinPath(path, name)); ok {
			return found, true
		}
	}
	return "", false
}
