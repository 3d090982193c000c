package option

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
)

// jsonType is the type of a JSON value, in words for users.
type jsonType string

const (
	jsonNull   jsonType = "null"
	jsonBool   jsonType = "true or false"
	jsonNumber jsonType = "a number"
	jsonText   jsonType = "text"
	jsonList   jsonType = "a list"
	jsonObject jsonType = "an object"
)

// typeOf returns the type of a valid JSON value without surrounding space.
func typeOf(raw json.RawMessage) jsonType {
	switch raw[0] {
	case 'n':
		return jsonNull
	case 't', 'f':
		return jsonBool
	case '"':
		return jsonText
	case '[':
		return jsonList
	case '{':
		return jsonObject
	default:
		return jsonNumber
	}
}

func (k kind) jsonType() jsonType {
	switch k {
	case boolKind:
		return jsonBool
	case stringKind:
		return jsonText
	case objectKind, mapKind:
		return jsonObject
	case listKind:
		return jsonList
	default:
		return jsonNumber
	}
}

func (k kind) String() string {
	if k == integerKind {
		return "a whole number"
	}
	return string(k.jsonType())
}

func (d *decoder) within(n *node, f float64, path string) bool {
	switch {
	case n.min != nil && f < *n.min:
		d.fault(path, "must be at least %s", n.quantity(*n.min))
	case n.max != nil && f > *n.max:
		d.fault(path, "must be at most %s", n.quantity(*n.max))
	default:
		return true
	}
	return false
}

// quantity writes a limit with the unit of the field: "0.1 s".
func (n *node) quantity(limit float64) string {
	return strings.TrimSpace(decimal(limit) + " " + n.unit)
}

func decimal(f float64) string {
	if math.Abs(f) < 1e16 && (math.Abs(f) >= 1e-6 || f == 0) {
		return strconv.FormatFloat(f, 'f', -1, 64)
	}
	return strconv.FormatFloat(f, 'g', -1, 64)
}

// sized checks the length of a text, list or map.
func (d *decoder) sized(n *node, size int, path string) bool {
	thing := map[kind]string{stringKind: "character", listKind: "item", mapKind: "entry"}[n.kind]
	switch {
	case size == 0 && n.minSize == 1:
		d.fault(path, "must not be empty")
	case size < n.minSize:
		d.fault(path, "must have at least %s", count(n.minSize, thing))
	case n.maxSize >= 0 && size > n.maxSize:
		d.fault(path, "must have at most %s", count(n.maxSize, thing))
	default:
		return true
	}
	return false
}

func count(n int, thing string) string {
	switch {
	case n == 1:
		return "1 " + thing
	case thing == "entry":
		return strconv.Itoa(n) + " entries"
	default:
		return strconv.Itoa(n) + " " + thing + "s"
	}
}

func (d *decoder) matches(n *node, s, path string) bool {
	switch {
	case n.pattern == nil || n.pattern.MatchString(s):
		return true
	case n.form != "":
		d.fault(path, "must have a form like %q", n.form)
	default:
		d.fault(path, "must match the pattern %s", n.pattern)
	}
	return false
}

// oneOf checks that value, a string or float64, is allowed.
func (d *decoder) oneOf(n *node, value any, path string) bool {
	if n.enum == nil || slices.Contains(n.enum, value) {
		return true
	}
	names := make([]string, len(n.enum))
	for i, v := range n.enum {
		if f, ok := v.(float64); ok {
			names[i] = decimal(f)
			continue
		}
		names[i] = fmt.Sprint(v)
	}
	message := "must be " + alternatives(names)
	if s, ok := value.(string); ok {
		if near := nearest(s, names); near != "" {
			message += fmt.Sprintf(": did you mean %q?", near)
		}
	}
	d.fault(path, "%s", message)
	return false
}

// unknown reports the members that no field has taken.
func (d *decoder) unknown(n *node, members map[string]json.RawMessage, path string) {
	if len(members) == 0 {
		return
	}
	names := make([]string, 0, len(n.fields))
	for _, f := range n.fields {
		if !slices.Contains(names, f.name) {
			names = append(names, f.name)
		}
	}
	left := make([]string, 0, len(members))
	for name := range members {
		left = append(left, name)
	}
	slices.Sort(left)
	for _, name := range left[:min(len(left), maxErrors)] {
		short := shorten(name)
		switch near := nearest(name, names); {
		case near != "":
			d.fault(under(path, short), "unknown option %q: did you mean %q?", short, near)
		case len(names) == 0:
			d.fault(under(path, short), "unknown option %q: there are no options here", short)
		default:
			d.fault(under(path, short), "unknown option %q: use %s", short, alternatives(names))
		}
	}
}

// alternatives lists names as "a, b or c", the first twelve.
func alternatives(names []string) string {
	const most = 12
	if len(names) > most {
		return fmt.Sprintf("one of %s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	last := len(names) - 1
	if last == 0 {
		return names[0]
	}
	return strings.Join(names[:last], ", ") + " or " + names[last]
}

// shorten keeps a stranger's names from filling the answer.
func shorten(name string) string {
	const most = 64
	runes := []rune(name)
	if len(runes) <= most {
		return name
	}
	return string(runes[:most]) + "…"
}
