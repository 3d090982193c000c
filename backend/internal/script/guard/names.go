package guard

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.starlark.net/starlark"
)

// Names are what a rewritten program finds: the operations under the names that Rewrite gives them, and the built-in
// functions of Starlark, guarded.
func Names() starlark.StringDict {
	d := starlark.StringDict{
		attrName:    starlark.NewBuiltin("attribute", attribute),
		keyName:     starlark.NewBuiltin("key", one(lookedThrough)),
		sliceName:   starlark.NewBuiltin("slice", one(copied)),
		spreadName:  starlark.NewBuiltin("arguments", one(copied)),
		operandName: starlark.NewBuiltin("operand", operandOf),
		"getattr":   starlark.NewBuiltin("getattr", attribute),
	}
	for _, op := range operators() {
		d[opName(op)] = starlark.NewBuiltin(op.String(), func(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
			return binary(thread, op, args[0], args[1])
		})
	}
	for name, v := range starlark.Universe {
		if b, ok := v.(*starlark.Builtin); ok && !d.Has(name) && name != "set" { // sets bring nothing that a dict does not
			d[name] = Guarded(b, functionCost)
		}
	}
	return d
}

// Cost asks for what a call to a builtin needs.
type Cost func(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) error

// Guarded is a builtin that asks first.
func Guarded(b *starlark.Builtin, cost Cost) *starlark.Builtin {
	return starlark.NewBuiltin(b.Name(), func(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		if err := cost(thread, b, args, kwargs); err != nil {
			return nil, err
		}
		return b.CallInternal(thread, args, kwargs)
	})
}

// Printed is the cost of a builtin that may make text of all its arguments.
func Printed(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) error {
	n, err := all(thread, args, kwargs)
	if err != nil {
		return err
	}
	return take(thread, printed(n, 1))
}

func one(f func(*starlark.Thread, starlark.Value) error) func(*starlark.Thread, *starlark.Builtin, starlark.Tuple, []starlark.Tuple) (starlark.Value, error) {
	return func(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
		return args[0], f(thread, args[0])
	}
}

func lookedThrough(thread *starlark.Thread, v starlark.Value) error {
	if plain(v) {
		return nil
	}
	n, err := deep(thread, v)
	if err != nil {
		return err
	}
	return work(thread, n)
}

func copied(thread *starlark.Thread, v starlark.Value) error {
	n, err := shallow(v)
	if err != nil {
		return err
	}
	if _, ok := v.(starlark.IterableMapping); ok {
		n *= 4 // pairs
	}
	return take(thread, n)
}

func operandOf(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, _ []starlark.Tuple) (starlark.Value, error) {
	return operand{thread, args[0]}, nil
}

// attribute is x.name, getattr(x, "name") and getattr(x, "name", default). Methods come guarded.
func attribute(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x, otherwise starlark.Value
	var name string
	if err := starlark.UnpackPositionalArgs("getattr", args, kwargs, 2, &x, &name, &otherwise); err != nil {
		return nil, err
	}
	has, ok := x.(starlark.HasAttrs)
	if ok {
		v, err := has.Attr(name)
		if err != nil {
			return nil, err
		}
		if b, isMethod := v.(*starlark.Builtin); isMethod {
			return method(x, b), nil
		}
		if v != nil {
			return v, nil
		}
	}
	if otherwise != nil {
		return otherwise, nil
	}
	if x == starlark.None {
		return nil, fmt.Errorf("there is no .%s of None, which stands for something that is not there", name)
	}
	if ok {
		return nil, fmt.Errorf("%s has no .%s; it has %s", x.Type(), name, strings.Join(has.AttrNames(), ", "))
	}
	return nil, fmt.Errorf("%s has no .%s", x.Type(), name)
}

func method(x starlark.Value, b *starlark.Builtin) starlark.Value {
	switch b.Name() {
	case "elems", "codepoints", "elem_ords", "codepoint_ords": // lazy, and without a length: made a list, whose size is known
		return starlark.NewBuiltin(b.Name(), func(thread *starlark.Thread, _ *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
			n, err := shallow(x)
			if err == nil {
				err = take(thread, 3*cell*n)
			}
			if err != nil {
				return nil, err
			}
			v, err := b.CallInternal(thread, args, kwargs)
			if err != nil {
				return nil, err
			}
			lazy, ok := v.(starlark.Iterable)
			if !ok {
				return v, nil
			}
			return starlark.NewList(slices.Collect(starlark.Elements(lazy))), nil
		})
	}
	return Guarded(b, methodCost)
}

// functionCost is that of the functions that Starlark brings.
func functionCost(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) error {
	switch b.Name() {
	case "len", "type", "bool", "range", "abs", "ord", "chr", "hasattr", "dir", "float":
		return nil
	case "int":
		if len(args) > 0 {
			if s, ok := args[0].(starlark.String); ok && len(s) > maxBits/4 {
				return errLarge()
			}
		}
		return nil
	case "list", "tuple", "reversed", "enumerate", "zip", "any", "all":
		for _, a := range args {
			n, err := shallow(a)
			if err != nil {
				return err
			}
			if err := take(thread, 5*n); err != nil {
				return err
			}
		}
		return nil
	case "bytes":
		return errors.New("scripts do not have it")
	case "sorted", "min", "max":
		n, err := all(thread, args, kwargs)
		if err != nil {
			return err
		}
		return take(thread, 4*n)
	}
	return Printed(thread, b, args, kwargs)
}
