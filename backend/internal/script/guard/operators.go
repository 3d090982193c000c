package guard

import (
	"errors"
	"fmt"
	"strings"

	"go.starlark.net/starlark"
	"go.starlark.net/syntax"
)

// The names that only a rewritten program has: no identifier begins with a space.
const (
	attrName    = " attribute"
	keyName     = " key"
	sliceName   = " slice"
	spreadName  = " spread"
	operandName = " operand"
)

func opName(op syntax.Token) string { return " " + op.String() }

func operators() []syntax.Token {
	return []syntax.Token{
		syntax.PLUS, syntax.MINUS, syntax.STAR, syntax.SLASH, syntax.SLASHSLASH, syntax.PERCENT, syntax.AMP, syntax.PIPE, syntax.CIRCUMFLEX,
		syntax.LTLT, syntax.GTGT, syntax.EQL, syntax.NEQ, syntax.LT, syntax.LE, syntax.GT, syntax.GE, syntax.IN, syntax.NOT_IN,
	}
}

// Opaque is a value that can neither be compared nor computed with; the remedy says what to write instead. Without it
// `output("Fan") == True` would be False for ever, and silently.
type Opaque interface {
	starlark.Value
	Remedy() string
}

func binary(thread *starlark.Thread, op syntax.Token, x, y starlark.Value) (starlark.Value, error) {
	if !plain(x) || !plain(y) {
		if err := admit(thread, op, x, y); err != nil {
			return nil, err
		}
	}
	switch op {
	case syntax.EQL, syntax.NEQ, syntax.LT, syntax.LE, syntax.GT, syntax.GE:
		ok, err := starlark.Compare(op, x, y)
		return starlark.Bool(ok), plainer(op, x, y, err)
	case syntax.NOT_IN:
		in, err := starlark.Binary(syntax.IN, x, y)
		if err != nil {
			return nil, err
		}
		return !in.Truth(), nil
	default:
	}
	z, err := starlark.Binary(op, x, y)
	return z, plainer(op, x, y, err)
}

// plainer says what None means in the errors of operators: it is the commonest mistake of all.
func plainer(op syntax.Token, x, y starlark.Value, err error) error {
	if err != nil && (x == starlark.None || y == starlark.None) {
		return fmt.Errorf("one side of %s is None: there is no usable reading, which a script must ask for first (if x != None: ...)", op)
	}
	return err
}

// plain values have operators that cost nothing worth counting.
func plain(v starlark.Value) bool {
	switch v := v.(type) {
	case starlark.Float, starlark.Bool, starlark.NoneType:
		return true
	case starlark.Int:
		_, ok := v.Int64()
		return ok
	}
	return false
}

// admit asks for what an operation needs.
func admit(thread *starlark.Thread, op syntax.Token, x, y starlark.Value) error {
	for _, v := range []starlark.Value{x, y} {
		if o, ok := v.(Opaque); ok {
			return errors.New(o.Remedy())
		}
	}
	switch op {
	case syntax.EQL, syntax.NEQ, syntax.LT, syntax.LE, syntax.GT, syntax.GE, syntax.IN, syntax.NOT_IN:
		return admitLooking(thread, op, x, y)
	case syntax.STAR:
		return admitProduct(thread, x, y)
	case syntax.PERCENT:
		if s, ok := x.(starlark.String); ok {
			n, err := deep(thread, y)
			if err != nil {
				return err
			}
			return take(thread, int64(len(s))+printed(n, strings.Count(string(s), "%")))
		}
	default:
	}
	n, m, err := both(x, y)
	if err != nil {
		return err
	}
	if i, ok := x.(starlark.Int); ok && bits(i)+64 > maxBits {
		return errLarge()
	}
	if op == syntax.PIPE {
		n, m = 8*n, 8*m // entries of a dict
	}
	return take(thread, n+m)
}

func errLarge() error { return errors.New("the number is too large") }

func both(x, y starlark.Value) (n, m int64, err error) {
	if n, err = shallow(x); err != nil {
		return 0, 0, err
	}
	m, err = shallow(y)
	return n, m, err
}

// printed is what n bytes of values come to as text, so many times over.
func printed(n int64, times int) int64 {
	if n > 1<<40 || times > 1<<20 {
		return 1 << 62
	}
	return 6 * n * int64(times)
}

// admitLooking is for what looks through its operands and makes nothing.
func admitLooking(thread *starlark.Thread, op syntax.Token, x, y starlark.Value) error {
	n, err := deep(thread, x)
	if err != nil {
		return err
	}
	var m int64
	switch y := y.(type) {
	case *starlark.Dict:
		if op != syntax.IN && op != syntax.NOT_IN { // looking a key up touches no other
			m, err = deep(thread, y)
		}
	default:
		if _, lazy := y.(starlark.Sequence); lazy && y.Type() == "range" {
			break
		}
		m, err = deep(thread, y)
	}
	if err != nil {
		return err
	}
	return work(thread, n+m)
}

// admitProduct is for numbers, and for strings and lists that are repeated.
func admitProduct(thread *starlark.Thread, x, y starlark.Value) error {
	a, aIsInt := x.(starlark.Int)
	b, bIsInt := y.(starlark.Int)
	if aIsInt && bIsInt {
		if bits(a)+bits(b)+64 > maxBits {
			return errLarge()
		}
		return nil
	}
	if aIsInt {
		x, y, bIsInt = y, x, true
	}
	if !bIsInt {
		return nil // no product, or one of floats
	}
	n, err := shallow(x)
	if err != nil {
		return err
	}
	times, ok := y.(starlark.Int)
	if !ok {
		return nil
	}
	k, ok := times.Int64()
	if !ok || k > 1<<40 {
		if times.Sign() < 0 || n == 0 {
			return nil
		}
		return tooMuch(thread)
	}
	return take(thread, n*max(0, k))
}

// operand is the right side of x += y and its like: the interpreter asks it, because it knows no other way to compute.
type operand struct {
	thread *starlark.Thread
	v      starlark.Value
}

func (o operand) String() string        { return o.v.String() }
func (o operand) Type() string          { return o.v.Type() }
func (o operand) Freeze()               {}
func (o operand) Truth() starlark.Bool  { return o.v.Truth() }
func (o operand) Hash() (uint32, error) { return 0, errors.New("unhashable") }

// Binary computes x op y. Lists and dicts on the left are changed in place, as Starlark has it.
func (o operand) Binary(op syntax.Token, x starlark.Value, side starlark.Side) (starlark.Value, error) {
	if side != starlark.Right {
		return nil, nil //nolint:nilnil // this is how HasBinary says that it does not apply
	}
	switch x := x.(type) {
	case *starlark.List:
		if more, ok := o.v.(starlark.Iterable); ok && op == syntax.PLUS {
			n, err := shallow(o.v)
			if err == nil {
				err = take(o.thread, 2*n)
			}
			if err != nil {
				return nil, err
			}
			return x, extend(x, more)
		}
	case *starlark.Dict:
		if more, ok := o.v.(*starlark.Dict); ok && op == syntax.PIPE {
			if err := take(o.thread, 8*cell*int64(more.Len())); err != nil {
				return nil, err
			}
			return x, merge(x, more)
		}
	}
	return binary(o.thread, op, x, o.v)
}

func extend(x *starlark.List, more starlark.Iterable) error {
	var values []starlark.Value // first, for it may be the list itself
	for v := range starlark.Elements(more) {
		values = append(values, v)
	}
	for _, v := range values {
		if err := x.Append(v); err != nil {
			return err
		}
	}
	return nil
}

func merge(x, more *starlark.Dict) error {
	for _, item := range more.Items() {
		if err := x.SetKey(item[0], item[1]); err != nil {
			return err
		}
	}
	return nil
}
