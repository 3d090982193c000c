package option

import (
	"encoding/json"
	"fmt"
	"reflect"
	"regexp"
	"slices"
)

// Spec is a compiled options struct. It never changes, so any number of goroutines may use it.
type Spec struct {
	typ      reflect.Type
	root     *node
	schema   json.RawMessage
	defaults json.RawMessage
	secrets  []string
}

// For compiles T, which must be a struct. The error names the field whose type or tags are broken.
func For[T any]() (*Spec, error) { return compile(reflect.TypeFor[T]()) }

func compile(typ reflect.Type) (*Spec, error) {
	if typ.Kind() != reflect.Struct {
		return nil, fmt.Errorf("options %v: must be a struct", typ)
	}
	root, err := compileStruct(typ, nil)
	if err != nil {
		return nil, fmt.Errorf("options %v: %w", typ, err)
	}
	s := &Spec{typ: typ, root: root, secrets: secretsOf(root, "")}
	if s.defaults, err = marshal(defaultsOf(root)); err != nil {
		return nil, fmt.Errorf("options %v: defaults: %w", typ, err)
	}
	if s.schema, err = marshal(rootSchema(root)); err != nil {
		return nil, fmt.Errorf("options %v: schema: %w", typ, err)
	}
	return s, nil
}

// MustFor is [For] for a struct that is part of the program: it panics on a broken tag, so that every start and every
// test shows it.
func MustFor[T any]() *Spec {
	s, err := For[T]()
	if err != nil {
		panic(err)
	}
	return s
}

// Schema returns the JSON Schema (2020-12) of the options. Beside the standard keywords it carries x-order (place in
// the form), x-variants, x-unit, x-enum-titles, x-secret, x-advanced, x-placeholder and x-when.
//
// A document that satisfies the schema is accepted by Decode, Validate methods aside, and the other way round, except
// for what no schema can say: Decode limits the size of the whole, and ignores fields whose x-when does not hold.
func (s *Spec) Schema() json.RawMessage { return slices.Clone(s.schema) }

// Defaults returns the object a new form starts with: every field that has a default.
func (s *Spec) Defaults() json.RawMessage { return slices.Clone(s.defaults) }

// Secrets returns the paths of the secret fields, such as "password" and "channels[].token"; "[]" stands for any
// element of a slice or map.
func (s *Spec) Secrets() []string { return slices.Clone(s.secrets) }

type kind uint8

const (
	boolKind kind = iota
	integerKind
	numberKind
	stringKind
	objectKind
	listKind
	mapKind
)

// node is the shape of a value and the rules it keeps.
type node struct {
	kind kind
	typ  reflect.Type // of the value itself, never a pointer

	fields []*field // of an object
	elem   *node    // of a list or map

	min, max           *float64 // of a number; both set for an integer
	minSize, maxSize   int      // characters, items or members; maxSize -1: unlimited
	enum               []any    // string or float64
	enumTitles         []string
	pattern            *regexp.Regexp
	unit, format, form string // form: an example of what pattern wants
}

// field is a named member of an object.
type field struct {
	name  string
	index []int // for reflect.Value.FieldByIndex
	node  *node

	title, help, placeholder            string
	pointer, required, secret, advanced bool
	isSwitch                            bool // a later field's when refers to it
	when                                *condition
	def                                 json.RawMessage // nil: none
}

// nullable reports whether null is a value of the field.
func (f *field) nullable() bool { return f.pointer && !f.required }

// condition says when a field applies: the switch, an earlier field of the same object, applies and has one of values.
type condition struct {
	field  *field
	values []any // string, bool or float64
}

// secretsOf collects the paths of secret fields below path.
func secretsOf(n *node, path string) []string {
	var paths []string
	switch n.kind {
	case objectKind:
		for _, f := range n.fields {
			if f.secret {
				paths = append(paths, under(path, f.name))
				continue
			}
			paths = append(paths, secretsOf(f.node, under(path, f.name))...)
		}
	case listKind, mapKind:
		return secretsOf(n.elem, path+"[]")
	case boolKind, integerKind, numberKind, stringKind:
	}
	return paths
}

// defaultsOf returns the members of n that have a default.
func defaultsOf(n *node) map[string]any {
	members := map[string]any{}
	for _, f := range n.fields {
		switch {
		case f.def != nil:
			members[f.name] = f.def
		case f.node.kind == objectKind && !f.pointer:
			if inner := defaultsOf(f.node); len(inner) > 0 {
				members[f.name] = inner
			}
		}
	}
	return members
}
