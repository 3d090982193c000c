package guard

import (
	"strings"

	"go.starlark.net/starlark"
)

// methodCost is that of the methods of strings, lists and dicts. One that is not named here is taken to print all it can reach.
func methodCost(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) error {
	switch x := b.Receiver().(type) {
	case starlark.String:
		return stringCost(thread, b.Name(), string(x), args, kwargs)
	case *starlark.List:
		return listCost(thread, b, x, args, kwargs)
	case *starlark.Dict:
		return dictCost(thread, b, x, args, kwargs)
	}
	return receiverPrinted(thread, b, args, kwargs)
}

func receiverPrinted(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) error {
	if x := b.Receiver(); x != nil {
		n, err := deep(thread, x)
		if err == nil {
			err = take(thread, printed(n, 1))
		}
		if err != nil {
			return err
		}
	}
	return Printed(thread, b, args, kwargs)
}

func stringCost(thread *starlark.Thread, name, s string, args starlark.Tuple, kwargs []starlark.Tuple) error {
	n := int64(len(s))
	given, err := all(thread, args, kwargs)
	if err != nil {
		return err
	}
	switch name {
	case "join":
		count := int64(0)
		if len(args) == 1 {
			count = int64(max(0, starlark.Len(args[0])))
		}
		if n > 0 && count > 1<<40/n {
			return tooMuch(thread)
		}
		return take(thread, given+n*count)
	case "format":
		return take(thread, n+printed(given, strings.Count(s, "{")))
	case "replace":
		return take(thread, n+replaced(s, args))
	case "split", "rsplit", "splitlines", "partition", "rpartition":
		return take(thread, 2*cell*n+given)
	}
	return take(thread, 4*n+given)
}

// replaced is what s.replace(old, new) puts in.
func replaced(s string, args starlark.Tuple) int64 {
	if len(args) < 2 {
		return 0
	}
	old, ok := starlark.AsString(args[0])
	if !ok {
		return 0
	}
	by, ok := starlark.AsString(args[1])
	if !ok {
		return 0
	}
	return int64(strings.Count(s, old)) * int64(len(by))
}

func listCost(thread *starlark.Thread, b *starlark.Builtin, x *starlark.List, args starlark.Tuple, kwargs []starlark.Tuple) error {
	switch b.Name() {
	case "append":
		return take(thread, 2*cell)
	case "pop", "clear":
		return nil
	case "insert":
		if err := work(thread, cell*int64(x.Len())); err != nil { // the rest moves
			return err
		}
		return take(thread, 2*cell)
	case "extend":
		for _, a := range args {
			n, err := shallow(a)
			if err == nil {
				err = take(thread, 2*n)
			}
			if err != nil {
				return err
			}
		}
		return nil
	case "remove", "index":
		if err := lookedThrough(thread, x); err != nil {
			return err
		}
		return lookedThrough(thread, args)
	}
	return receiverPrinted(thread, b, args, kwargs)
}

func dictCost(thread *starlark.Thread, b *starlark.Builtin, x *starlark.Dict, args starlark.Tuple, kwargs []starlark.Tuple) error {
	switch b.Name() {
	case "get", "pop", "setdefault":
		if len(args) > 0 {
			if err := lookedThrough(thread, args[0]); err != nil {
				return err
			}
		}
		return take(thread, 8*cell)
	case "keys", "values":
		return take(thread, cell*int64(x.Len()))
	case "items":
		return take(thread, 4*cell*int64(x.Len()))
	case "clear", "popitem":
		return nil
	case "update":
		n, err := all(thread, args, kwargs)
		if err != nil {
			return err
		}
		return take(thread, 4*n)
	}
	return receiverPrinted(thread, b, args, kwargs)
}
