package script

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"go.starlark.net/lib/math"
	"go.starlark.net/starlark"
	"go.starlark.net/syntax"

	"hypha/internal/script/guard"
)

// MaxExpression is the longest expression, in bytes.
const MaxExpression = 4 << 10

const resultName = " result" // no identifier begins with a space

// Expression is one formula of variables, such as 0.5 * (a + b). It has the functions of mathematics with and without
// "math." before them. It is safe for concurrent use.
type Expression struct {
	code      *starlark.Program
	variables []string
	names     starlark.StringDict
}

// CompileExpression checks a formula of variables. The error is an [Errors].
func CompileExpression(source string, variables []string) (*Expression, error) {
	switch {
	case strings.TrimSpace(source) == "":
		return nil, Errors{{Message: "is empty"}}
	case len(source) > MaxExpression:
		return nil, Errors{{Message: fmt.Sprintf("is longer than %d KiB", MaxExpression>>10)}}
	}
	e, err := options().ParseExpr("script", source, 0)
	if err != nil {
		return nil, powers(source, faults(err))
	}
	e, bad := guard.RewriteExpr(e)
	if bad != nil {
		return nil, Errors{at(bad[0].Pos, bad[0].Message)}
	}
	x := &Expression{variables: slices.Clone(variables), names: guard.Names()}
	maps.Copy(x.names, math.Module.Members)
	for name, v := range math.Module.Members {
		if b, ok := v.(*starlark.Builtin); ok && !strings.HasPrefix(name, " ") {
			x.names[name] = guard.Guarded(b, guard.Printed)
		}
	}
	x.names["math"], x.names["round"] = math.Module, starlark.NewBuiltin("round", round)
	for _, name := range variables {
		if x.names.Has(name) || starlark.Universe.Has(name) {
			return nil, Errors{{Message: name + " is a name of mathematics: choose another one for the variable"}}
		}
	}
	file := &syntax.File{Path: "script", Options: options(), Stmts: []syntax.Stmt{&syntax.AssignStmt{
		OpPos: syntax.Start(e), Op: syntax.EQ, LHS: &syntax.Ident{NamePos: syntax.Start(e), Name: resultName}, RHS: e,
	}}}
	x.code, err = starlark.FileProgram(file, func(name string) bool {
		return slices.Contains(variables, name) || x.names.Has(name)
	})
	if err != nil {
		wrong := faults(err)
		for n := range wrong {
			if strings.HasPrefix(wrong[n].Message, "undefined: ") {
				wrong[n].Message += "; the variables are " + strings.Join(variables, ", ")
			}
		}
		return nil, wrong
	}
	return x, nil
}

// powers tells those who know Python what to write for a power.
func powers(source string, bad Errors) Errors {
	if strings.Contains(source, "**") {
		bad[0].Message += "; a power is pow(x, y)"
	}
	return bad
}

// expressionLimits are generous for a formula.
func expressionLimits() Limits { return Limits{Steps: 20_000, Time: time.Second, Memory: 1 << 20} }

// Eval computes the value. Each variable must be there and finite, and so is the result: else it is an error.
func (x *Expression) Eval(ctx context.Context, values map[string]float64) (result float64, err error) {
	names := maps.Clone(x.names)
	for _, name := range x.variables {
		v, ok := values[name]
		switch {
		case !ok:
			return 0, fmt.Errorf("%s has no value", name)
		case !finite(v):
			return 0, fmt.Errorf("%s is no finite number", name)
		}
		names[name] = starlark.Float(v)
	}
	defer func() {
		if fault := recover(); fault != nil {
			err = fmt.Errorf("the interpreter failed: %v", fault)
		}
	}()
	limits := expressionLimits()
	ctx, cancel := context.WithTimeout(ctx, limits.Time)
	defer cancel()
	thread, _, done := newThread(ctx, limits)
	defer done()
	globals, err := x.code.Init(thread, names)
	if err != nil {
		return 0, errors.New(place(err).Message)
	}
	v := globals[resultName]
	if v == nil {
		return 0, errors.New("it came to no value")
	}
	if _, isBool := v.(starlark.Bool); isBool {
		return 0, errors.New("the result is True or False: write, for example, 1 if a > b else 0")
	}
	result, ok := starlark.AsFloat(v)
	switch {
	case !ok:
		return 0, fmt.Errorf("the result is a %s, not a number", v.Type())
	case !finite(result):
		return 0, errors.New("the result is no finite number")
	}
	return result, nil
}
