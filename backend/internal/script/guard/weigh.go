package guard

import (
	"errors"
	"fmt"

	"go.starlark.net/starlark"
)

const (
	cell = 16 // bytes of a reference to a value
	// maxNodes is how many values one step may look through, for it cannot be interrupted.
	maxNodes = 1 << 17
)

var (
	errDeep = errors.New("values are nested too deeply, or hold themselves")
	errWeb  = fmt.Errorf("a value holds more than %d others: it would take too much time and memory", maxNodes)
)

// deep is the size of a value with all that it holds, each as often as it is reached: what it costs to print, compare or
// hash it. It is an error beyond what may still be asked for.
func deep(thread *starlark.Thread, v starlark.Value) (int64, error) {
	w := weigher{room: left(thread)}
	if err := w.add(v, 0); err != nil {
		return 0, err
	}
	if w.room < 0 {
		return 0, tooMuch(thread)
	}
	return left(thread) - w.room, nil
}

func tooMuch(thread *starlark.Thread) error { return take(thread, 1<<62) }

type weigher struct {
	room  int64
	nodes int
}

func (w *weigher) add(v starlark.Value, depth int) error {
	if w.room < 0 {
		return nil
	}
	if depth > maxDeep {
		return errDeep
	}
	if w.nodes++; w.nodes > maxNodes {
		return errWeb
	}
	switch v := v.(type) {
	case *starlark.List:
		w.room -= cell
		for i := range v.Len() {
			if err := w.add(v.Index(i), depth+1); err != nil || w.room < 0 {
				return err
			}
		}
	case starlark.Tuple:
		w.room -= cell
		for _, e := range v {
			if err := w.add(e, depth+1); err != nil || w.room < 0 {
				return err
			}
		}
	case *starlark.Dict:
		w.room -= 4 * cell
		for k, e := range v.Entries() {
			w.room -= 4 * cell
			if err := w.add(k, depth+1); err != nil || w.room < 0 {
				return err
			}
			if err := w.add(e, depth+1); err != nil || w.room < 0 {
				return err
			}
		}
	default:
		n, err := shallow(v)
		if err != nil {
			return err
		}
		w.room -= cell + n
	}
	return nil
}

// shallow is the size of a value without what it refers to; of a lazy sequence, that of the list it would become.
func shallow(v starlark.Value) (int64, error) {
	switch v := v.(type) {
	case starlark.NoneType, starlark.Bool, starlark.Float:
		return 0, nil
	case starlark.Int:
		return bits(v) / 8, nil
	case starlark.String:
		return int64(len(v)), nil
	case starlark.Bytes:
		return int64(len(v)), nil
	case starlark.Sequence:
		return cell * int64(v.Len()), nil
	case starlark.Iterable:
		return 0, fmt.Errorf("a %s has no length: make it a list with a for clause", v.Type())
	}
	return 0, nil
}

// bits is the length of an integer; 0 when it fits a word.
func bits(i starlark.Int) int64 {
	if _, ok := i.Int64(); ok {
		return 0
	}
	return int64(i.BigInt().BitLen())
}

// all is the deep size of several values.
func all(thread *starlark.Thread, args starlark.Tuple, kwargs []starlark.Tuple) (sum int64, err error) {
	w := weigher{room: left(thread)}
	if err := w.add(args, -1); err != nil {
		return 0, err
	}
	for _, pair := range kwargs {
		if err := w.add(pair, -1); err != nil {
			return 0, err
		}
	}
	if w.room < 0 {
		return 0, tooMuch(thread)
	}
	return left(thread) - w.room, nil
}
