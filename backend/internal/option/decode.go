package option

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"reflect"
	"slices"
	"strconv"
	"unicode/utf8"
)

const (
	maxBytes  = 1 << 20
	maxErrors = 100
)

// Decode reads options into the struct that into points to, which must be of the type the Spec was made for. Absent
// fields get their defaults; no options at all (an empty raw) are those of an empty object.
//
// When the user is at fault the error is an [Errors] and the struct stays as it was.
func (s *Spec) Decode(raw json.RawMessage, into any) error {
	target := reflect.ValueOf(into)
	if target.Kind() != reflect.Pointer || target.IsNil() || target.Elem().Type() != s.typ {
		return fmt.Errorf("decode options: into %T, want a pointer to %v", into, s.typ)
	}
	if len(bytes.TrimSpace(raw)) == 0 {
		raw = json.RawMessage("{}")
	}
	if message := wholeFault(raw); message != "" {
		return Errors{{Message: message}}
	}
	value := reflect.New(s.typ).Elem()
	var d decoder
	d.value(s.root, raw, value, "")
	if len(d.errs) == 0 {
		d.validate(s.root, value, "")
	}
	if len(d.errs) > 0 {
		return d.errs
	}
	target.Elem().Set(value)
	return nil
}

// wholeFault says what keeps raw from being looked at field by field, "" if nothing does. Afterwards raw is valid JSON
// whose nesting encoding/json has bounded; the decoder itself goes no deeper than the struct.
func wholeFault(raw json.RawMessage) string {
	if len(raw) > maxBytes {
		return fmt.Sprintf("must have at most %d bytes", maxBytes)
	}
	if !utf8.Valid(raw) {
		return "must be UTF-8 text"
	}
	var document json.RawMessage
	if err := json.Unmarshal(raw, &document); err != nil {
		return "is no valid JSON: " + err.Error()
	}
	return ""
}

// check returns the faults of raw as a value of n, Validate methods aside. It decodes into a throw-away value.
func (n *node) check(raw json.RawMessage) Errors {
	var d decoder
	d.value(n, raw, reflect.New(n.typ).Elem(), "")
	return d.errs
}

// decoder walks a spec and a document side by side and collects the faults.
type decoder struct{ errs Errors }

func (d *decoder) fault(path, format string, args ...any) {
	if len(d.errs) < maxErrors {
		d.errs = append(d.errs, FieldError{Field: path, Message: fmt.Sprintf(format, args...)})
	}
}

// value decodes raw, which is valid JSON, into dst.
func (d *decoder) value(n *node, raw json.RawMessage, dst reflect.Value, path string) {
	raw = bytes.TrimSpace(raw)
	if want, got := n.kind.jsonType(), typeOf(raw); want != got {
		d.fault(path, "must be %s, not %s", n.kind, got)
		return
	}
	switch n.kind {
	case boolKind:
		dst.SetBool(raw[0] == 't')
	case integerKind, numberKind:
		d.number(n, raw, dst, path)
	case stringKind:
		d.text(n, raw, dst, path)
	case objectKind:
		d.object(n, raw, dst, path)
	case listKind:
		d.list(n, raw, dst, path)
	case mapKind:
		d.mapping(n, raw, dst, path)
	}
}

func (d *decoder) number(n *node, raw json.RawMessage, dst reflect.Value, path string) {
	f, err := strconv.ParseFloat(string(raw), 64)
	switch {
	case err != nil || math.IsInf(f, 0):
		d.fault(path, "is too large a number")
		return
	case n.kind == integerKind && f != math.Trunc(f):
		d.fault(path, "must be a whole number")
		return
	}
	if !d.oneOf(n, f, path) || !d.within(n, f, path) {
		return
	}
	switch {
	case dst.CanInt():
		dst.SetInt(int64(f))
	case dst.CanUint():
		dst.SetUint(uint64(f))
	default:
		dst.SetFloat(f)
	}
}

func (d *decoder) text(n *node, raw json.RawMessage, dst reflect.Value, path string) {
	var s string
	if err := json.Unmarshal(raw, &s); err != nil {
		d.fault(path, "is no valid text: %v", err)
		return
	}
	if d.oneOf(n, s, path) && d.sized(n, utf8.RuneCountInString(s), path) && d.matches(n, s, path) {
		dst.SetString(s)
	}
}

func (d *decoder) list(n *node, raw json.RawMessage, dst reflect.Value, path string) {
	var items []json.RawMessage
	if err := json.Unmarshal(raw, &items); err != nil {
		d.fault(path, "is no valid list: %v", err)
		return
	}
	if !d.sized(n, len(items), path) {
		return // before a million items are made
	}
	dst.Set(reflect.MakeSlice(dst.Type(), len(items), len(items)))
	for i, item := range items {
		d.value(n.elem, item, dst.Index(i), fmt.Sprintf("%s[%d]", path, i))
	}
}

func (d *decoder) mapping(n *node, raw json.RawMessage, dst reflect.Value, path string) {
	members, ok := d.members(raw, path)
	if !ok || !d.sized(n, len(members), path) {
		return
	}
	dst.Set(reflect.MakeMapWithSize(dst.Type(), len(members)))
	for _, name := range slices.Sorted(maps.Keys(members)) {
		elem := reflect.New(n.elem.typ).Elem()
		d.value(n.elem, members[name], elem, under(path, shorten(name)))
		dst.SetMapIndex(reflect.ValueOf(name).Convert(dst.Type().Key()), elem)
	}
}

// members splits an object; of a name given twice the last counts.
func (d *decoder) members(raw json.RawMessage, path string) (map[string]json.RawMessage, bool) {
	var members map[string]json.RawMessage
	if err := json.Unmarshal(raw, &members); err != nil {
		d.fault(path, "is no valid object: %v", err)
		return nil, false
	}
	return members, true
}

func (d *decoder) object(n *node, raw json.RawMessage, dst reflect.Value, path string) {
	members, ok := d.members(raw, path)
	if !ok {
		return
	}
	switches := map[*field]any{} // what the fields that others depend on have, as far as they apply
	for _, f := range n.fields {
		given, present := members[f.name]
		applies := f.when == nil || f.when.holds(switches)
		if !applies || !present {
			given = f.def
		}
		if applies && f.isSwitch && given != nil {
			switches[f] = scalar(given)
		}
		d.field(f, given, applies, dst.FieldByIndex(f.index), under(path, f.name))
	}
	for _, f := range n.fields { // only now: variants share a name
		delete(members, f.name)
	}
	d.unknown(n, members, path)
}

// field decodes one member; a nil given means that it is absent and has no default.
func (d *decoder) field(f *field, given json.RawMessage, applies bool, dst reflect.Value, path string) {
	switch {
	case given == nil && f.required && applies:
		d.fault(path, "is required")
		return
	case given == nil && f.node.kind == objectKind && !f.pointer && !f.required:
		given = json.RawMessage("{}")
	case given == nil:
		return
	case typeOf(given) == jsonNull && f.nullable():
		return
	case typeOf(given) == jsonNull && f.required:
		d.fault(path, "is required")
		return
	case typeOf(given) == jsonNull:
		d.fault(path, "must be %s, not null: leave it out instead", f.node.kind)
		return
	}
	if f.pointer {
		dst.Set(reflect.New(f.node.typ))
		dst = dst.Elem()
	}
	d.value(f.node, given, dst, path)
}

// holds reports whether the condition's switch applies and has one of its values.
func (c *condition) holds(switches map[*field]any) bool {
	value, ok := switches[c.field]
	return ok && slices.Contains(c.values, value)
}

// scalar returns a JSON value as a string, float64 or bool, nil if it is anything else.
func scalar(raw json.RawMessage) any {
	switch typeOf(raw) {
	case jsonText, jsonNumber, jsonBool:
	default:
		return nil
	}
	var v any
	if json.Unmarshal(raw, &v) != nil {
		return nil // a number out of range, which is reported with its field
	}
	return v
}
