package option

import (
	"encoding"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"
)

const (
	defaultMaxItems = 1000
	maxSafeInteger  = 1<<53 - 1 // beyond it JavaScript and float64 skip integers
)

// compileStruct builds the node of a struct. outer are the structs around it, to find types that contain themselves.
func compileStruct(typ reflect.Type, outer []reflect.Type) (*node, error) {
	if slices.Contains(outer, typ) {
		return nil, fmt.Errorf("%v contains itself", typ)
	}
	n := &node{kind: objectKind, typ: typ, maxSize: -1}
	if err := n.addFields(typ, nil, append(slices.Clip(outer), typ)); err != nil {
		return nil, err
	}
	return n, nil
}

// addFields adds the fields of typ, which is n's type or a struct embedded in it at index.
func (n *node) addFields(typ reflect.Type, index []int, outer []reflect.Type) error {
	for i := range typ.NumField() {
		sf := typ.Field(i)
		at := append(slices.Clip(index), i)
		name, _, _ := strings.Cut(sf.Tag.Get("json"), ",")
		switch {
		case name == "-":
		case sf.Anonymous && name == "" && sf.Type.Kind() == reflect.Struct:
			if err := n.addFields(sf.Type, at, outer); err != nil {
				return err
			}
		case !sf.IsExported():
		default:
			f, err := n.compileField(sf, name, outer)
			if err != nil {
				return fmt.Errorf("field %s: %w", sf.Name, err)
			}
			f.index = at
			n.fields = append(n.fields, f)
		}
	}
	return nil
}

func (n *node) compileField(sf reflect.StructField, name string, outer []reflect.Type) (*field, error) {
	f := &field{name: name}
	if !isName(name) {
		return f, fmt.Errorf("json name %q: must be letters, digits, _ and -", name)
	}
	t, err := parseTags(sf.Tag)
	if err != nil {
		return f, err
	}
	if member, ok := t.take("member"); ok {
		f.name = member
	}
	typ := sf.Type
	if typ.Kind() == reflect.Pointer {
		f.pointer, typ = true, typ.Elem()
	}
	if f.node, err = compileType(typ, outer); err != nil {
		return f, err
	}
	if f.pointer && (f.node.kind == listKind || f.node.kind == mapKind) {
		return f, fmt.Errorf("%v is unset when it is empty: drop the pointer", typ)
	}
	if err := f.node.addRules(t); err != nil {
		return f, err
	}
	if err := f.describe(t); err != nil {
		return f, err
	}
	if err := f.addWhen(t, n); err != nil {
		return f, err
	}
	for _, other := range n.fields {
		if other.name == f.name && !f.variantOf(other) {
			return f, fmt.Errorf("json name %q is taken", f.name)
		}
	}
	if err := t.unused(); err != nil {
		return f, err
	}
	return f, f.addDefault(sf.Tag)
}

// isName tells whether a name is made of letters, digits, _ and -, and begins with neither a digit nor a -.
func isName(name string) bool {
	for n, r := range name {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r == '_':
		case n > 0 && (r >= '0' && r <= '9' || r == '-'):
		default:
			return false
		}
	}
	return name != ""
}

// variantOf tells whether two fields may share a name: never both apply, both are objects, and both may be unset.
func (f *field) variantOf(other *field) bool {
	if f.when == nil || other.when == nil || f.when.field != other.when.field || f.node.kind != objectKind || other.node.kind != objectKind {
		return false
	}
	return f.pointer && other.pointer && !slices.ContainsFunc(f.when.values, func(v any) bool { return slices.Contains(other.when.values, v) })
}

// field returns the member called name, nil if there is none.
func (n *node) field(name string) *field {
	for _, f := range n.fields {
		if f.name == name {
			return f
		}
	}
	return nil
}

func compileType(typ reflect.Type, outer []reflect.Type) (*node, error) {
	n := &node{typ: typ, maxSize: -1}
	switch {
	case typ == reflect.TypeFor[time.Duration]():
		return nil, errors.New("a duration is a float64 of seconds, named with _s")
	case decodesItself(typ):
		return nil, fmt.Errorf("%v decodes itself, so no rule can describe it", typ)
	}
	var err error
	switch typ.Kind() {
	case reflect.Bool:
		n.kind = boolKind
	case reflect.String:
		n.kind = stringKind
	case reflect.Float64:
		n.kind = numberKind
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		n.kind = integerKind
		limit := min(float64(uint64(1)<<(typ.Bits()-1)), maxSafeInteger+1)
		n.min, n.max = new(max(-limit, -maxSafeInteger)), new(limit-1)
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		n.kind = integerKind
		limit := float64(maxSafeInteger)
		if typ.Bits() < 64 {
			limit = float64(uint64(1)<<typ.Bits() - 1)
		}
		n.min, n.max = new(0.0), new(limit)
	case reflect.Struct:
		return compileStruct(typ, outer)
	case reflect.Slice:
		n.kind, n.maxSize = listKind, defaultMaxItems
		n.elem, err = compileType(typ.Elem(), outer)
	case reflect.Map:
		if typ.Key().Kind() != reflect.String || decodesItself(typ.Key()) {
			return nil, fmt.Errorf("%v: the keys must be strings", typ)
		}
		n.kind, n.maxSize = mapKind, defaultMaxItems
		n.elem, err = compileType(typ.Elem(), outer)
	default:
		return nil, fmt.Errorf("%v is no type of an option", typ)
	}
	return n, err
}

func decodesItself(typ reflect.Type) bool {
	p := reflect.PointerTo(typ)
	return p.Implements(reflect.TypeFor[json.Unmarshaler]()) || p.Implements(reflect.TypeFor[encoding.TextUnmarshaler]())
}
