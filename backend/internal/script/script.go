// Package script runs small programs in Starlark (Python's syntax) that decide what is to be done: the scripts of
// conditionals, and the expressions of equations.
//
// A script sees the [World] and says what it wants; nothing is done while it runs. [Program.Run] returns the [Action]s in
// order, and whoever runs it carries them out when the script has ended well. So a script that fails half way has done
// nothing, and a dry run is a run of which the actions are only shown.
//
// Scripts have no files, no network, no clock but the World's, and no way to keep a processor or the memory busy: see
// [Limits] and package guard. Programs are safe for concurrent use; each run has a thread of its own, and no goroutine
// outlives a run.
package script

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"go.starlark.net/resolve"
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"hypha/internal/script/guard"
)

// MaxSource is the longest script, in bytes.
const MaxSource = 64 << 10

// Error is a fault with its place in the source. Lines and columns count from 1, columns in bytes; a line of 0 stands for
// the script as a whole.
type Error struct {
	Line    int    `json:"line"`
	Column  int    `json:"column"`
	Message string `json:"message"`
} //	@name	ScriptError

func (e *Error) Error() string {
	if e.Line == 0 {
		return e.Message
	}
	return fmt.Sprintf("line %d: %s", e.Line, e.Message)
}

// Errors is every fault of a script, in the order of the lines.
type Errors []Error

func (e Errors) Error() string {
	words := make([]string, len(e))
	for n := range e {
		words[n] = e[n].Error()
	}
	return strings.Join(words, "; ")
}

// Program is a compiled script.
type Program struct {
	code  *starlark.Program
	names starlark.StringDict // all but state
}

func options() *syntax.FileOptions {
	return &syntax.FileOptions{While: true, TopLevelControl: true, GlobalReassign: true}
}

// Compile checks a script as far as can be done without running it. The error is an [Errors] with every fault that was
// found.
func Compile(source string) (*Program, error) {
	if len(source) > MaxSource {
		return nil, Errors{{Message: fmt.Sprintf("is longer than %d KiB", MaxSource>>10)}}
	}
	file, err := options().Parse("script", source, 0)
	if err != nil {
		return nil, endOfLine(source, faults(err))
	}
	bad := reserved(file)
	for _, f := range guard.Rewrite(file) {
		bad = append(bad, at(f.Pos, f.Message))
	}
	known := scope()
	code, err := starlark.FileProgram(file, func(name string) bool { return slices.Contains(known, name) })
	if err != nil {
		bad = append(bad, faults(err)...)
	}
	if bad != nil {
		slices.SortStableFunc(bad, func(a, b Error) int { return a.Line - b.Line })
		return nil, bad
	}
	return &Program{code, names()}, nil
}

func at(pos syntax.Position, message string) Error {
	return Error{Line: int(pos.Line), Column: int(pos.Col), Message: message}
}

// faults makes our errors of those of the parser and the resolver.
func faults(err error) Errors {
	if one, ok := errors.AsType[syntax.Error](err); ok {
		return Errors{at(one.Pos, one.Msg)}
	}
	if many, ok := errors.AsType[resolve.ErrorList](err); ok {
		var bad Errors
		for _, e := range many {
			bad = append(bad, at(e.Pos, e.Msg))
		}
		return bad
	}
	return Errors{{Message: err.Error()}}
}

// endOfLine moves what the parser misses before the end of a line from the beginning of the next one to where it belongs.
func endOfLine(source string, bad Errors) Errors {
	lines := strings.Split(source, "\n")
	for n := range bad {
		if e := &bad[n]; strings.HasPrefix(e.Message, "got newline") && e.Column == 1 && e.Line > 1 && e.Line-2 < len(lines) {
			e.Line--
			e.Column = len(strings.TrimRight(lines[e.Line-1], " \t\r")) + 1
		}
	}
	return bad
}

// reserved finds assignments to the names of our own. The whole script would see the new meaning, and `state = {}` would
// forget everything without a word.
func reserved(file *syntax.File) (bad Errors) {
	refuse := func(id *syntax.Ident) {
		if b, ok := lookup(id.Name); ok {
			message := id.Name + " is a function: choose another name for the variable"
			if b.Name == "state" {
				message = `state is kept between runs: set its items (state["name"] = ...), or state.clear()`
			}
			bad = append(bad, at(id.NamePos, message))
		}
	}
	for _, s := range file.Stmts {
		syntax.Walk(s, func(n syntax.Node) bool {
			switch n := n.(type) {
			case *syntax.AssignStmt:
				bound(n.LHS, refuse)
			case *syntax.ForStmt:
				bound(n.Vars, refuse)
			case *syntax.DefStmt:
				refuse(n.Name)
			}
			return true
		})
	}
	return bad
}

// bound visits the names that the left side of an assignment binds.
func bound(e syntax.Expr, visit func(*syntax.Ident)) {
	switch e := e.(type) {
	case *syntax.Ident:
		visit(e)
	case *syntax.ParenExpr:
		bound(e.X, visit)
	case *syntax.TupleExpr:
		for _, x := range e.List {
			bound(x, visit)
		}
	case *syntax.ListExpr:
		for _, x := range e.List {
			bound(x, visit)
		}
	}
}
