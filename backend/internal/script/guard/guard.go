// Package guard bounds what a Starlark program may use, in steps and in bytes.
//
// The interpreter counts steps, but one step may be `list(range(10 ** 9))`, a comparison of lists that hold each other a
// billion times over, or a string repeated until the machine is out of memory, and none of these can be interrupted. So
// [Rewrite] replaces each operation of a parsed file whose cost depends on its operands (operators, methods, subscripts,
// slices, starred arguments) by a call to a builtin that asks a [Meter] first, and [Names] gives the built-in functions in
// the same guise. The names of these builtins cannot be written in a program, so that it cannot get around them.
//
// Bytes are those asked for in all, never given back: a program that makes and drops a string of 1 KiB a thousand times
// has used 1 MiB. That is more than is ever in use at once, and the same on every run. What is not counted exactly: list
// and dict literals, comprehensions, calls and closures are taken as 32 bytes a step; the sizes of values are estimates of
// what the runtime allocates (within a factor of about two), and the source itself and its code are bounded by the length
// of the source alone.
package guard

import (
	"fmt"

	"go.starlark.net/starlark"
)

const (
	perStep = 32 // bytes that one step of the interpreter is taken to allocate
	perWork = 64 // bytes looked through that count as one step
	maxDeep = 100
	maxBits = 8192 // of an integer: some 2 400 digits
	meterAt = "meter"
)

// Meter counts the bytes that one run asks for. It belongs to one thread.
type Meter struct{ used, limit int64 }

// NewMeter returns a meter that ends at limit bytes, and makes it the one of a thread.
func NewMeter(thread *starlark.Thread, limit int64) *Meter {
	m := &Meter{limit: limit}
	thread.SetLocal(meterAt, m)
	return m
}

// Used is what was asked for so far, without what steps are taken to need.
func (m *Meter) Used() int64 { return m.used }

// MemoryError says that a program needs more memory than it may have.
type MemoryError struct{ Limit int64 }

func (e *MemoryError) Error() string {
	return fmt.Sprintf("it needs more than the %d KiB of memory that a script may use", e.Limit>>10)
}

// take asks for bytes. Whoever looks through operands calls work as well.
func take(thread *starlark.Thread, n int64) error {
	m, ok := thread.Local(meterAt).(*Meter)
	if !ok {
		return fmt.Errorf("the thread %q has no meter", thread.Name)
	}
	if n < 0 || n > m.limit || m.used+n+int64(min(thread.Steps, 1<<40))*perStep > m.limit {
		return &MemoryError{m.limit}
	}
	m.used += n
	return work(thread, n)
}

// left is how many bytes may still be asked for.
func left(thread *starlark.Thread) int64 {
	m, ok := thread.Local(meterAt).(*Meter)
	if !ok {
		return 0
	}
	return max(0, m.limit-m.used)
}

// work counts bytes that are looked through as steps.
func work(thread *starlark.Thread, n int64) error {
	thread.Steps += uint64(n) / perWork
	return nil
}
