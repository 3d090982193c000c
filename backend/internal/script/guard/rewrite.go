package guard

import (
	"fmt"
	"math/big"

	"go.starlark.net/syntax"
)

// Fault is what a program may not contain.
type Fault struct {
	Pos     syntax.Position
	Message string
}

// Rewrite has every operation of a file ask the meter first. The file must not be resolved yet. What must not be in it is
// returned.
func Rewrite(f *syntax.File) []Fault {
	r := &rewriter{}
	r.stmts(f.Stmts)
	return r.faults
}

// RewriteExpr is Rewrite for an expression.
func RewriteExpr(e syntax.Expr) (syntax.Expr, []Fault) {
	r := &rewriter{}
	return r.expr(e), r.faults
}

type rewriter struct{ faults []Fault }

func (r *rewriter) fault(pos syntax.Position, format string, args ...any) {
	r.faults = append(r.faults, Fault{pos, fmt.Sprintf(format, args...)})
}

func (r *rewriter) stmts(list []syntax.Stmt) {
	for _, s := range list {
		r.stmt(s)
	}
}

func (r *rewriter) stmt(s syntax.Stmt) {
	switch s := s.(type) {
	case *syntax.AssignStmt:
		r.target(s.LHS)
		s.RHS = r.expr(s.RHS)
		switch s.Op {
		case syntax.EQ:
		case syntax.LTLT_EQ, syntax.GTGT_EQ, syntax.PERCENT_EQ:
			r.writtenOut(s)
		default:
			s.RHS = call(operandName, s.OpPos, s.RHS)
		}
	case *syntax.DefStmt:
		r.params(s.Params)
		r.stmts(s.Body)
	case *syntax.ExprStmt:
		s.X = r.expr(s.X)
	case *syntax.IfStmt:
		s.Cond = r.expr(s.Cond)
		r.stmts(s.True)
		r.stmts(s.False)
	case *syntax.ForStmt:
		r.target(s.Vars)
		s.X = r.expr(s.X)
		r.stmts(s.Body)
	case *syntax.WhileStmt:
		s.Cond = r.expr(s.Cond)
		r.stmts(s.Body)
	case *syntax.ReturnStmt:
		if s.Result != nil {
			s.Result = r.expr(s.Result)
		}
	case *syntax.LoadStmt:
		r.fault(s.Load, "load: a script has no other files")
	case *syntax.BranchStmt:
	default:
		r.fault(syntax.Start(s), "a script cannot contain this statement")
	}
}

// writtenOut makes x = x << y of x <<= y, and so on: the interpreter does these itself, without asking the operand.
func (r *rewriter) writtenOut(s *syntax.AssignStmt) {
	op := map[syntax.Token]syntax.Token{syntax.LTLT_EQ: syntax.LTLT, syntax.GTGT_EQ: syntax.GTGT, syntax.PERCENT_EQ: syntax.PERCENT}[s.Op]
	x, ok := s.LHS.(*syntax.Ident)
	if !ok {
		r.fault(s.OpPos, "write it out: x[i] = x[i] %s y", op)
		return
	}
	s.Op, s.RHS = syntax.EQ, call(opName(op), s.OpPos, &syntax.Ident{NamePos: x.NamePos, Name: x.Name}, s.RHS)
}

// target rewrites what stands inside of the left side of an assignment.
func (r *rewriter) target(e syntax.Expr) {
	switch e := e.(type) {
	case *syntax.Ident:
	case *syntax.ParenExpr:
		r.target(e.X)
	case *syntax.TupleExpr:
		for _, x := range e.List {
			r.target(x)
		}
	case *syntax.ListExpr:
		for _, x := range e.List {
			r.target(x)
		}
	case *syntax.IndexExpr:
		e.X, e.Y = r.expr(e.X), r.key(e.Y, e.Lbrack)
	case *syntax.DotExpr:
		e.X = r.expr(e.X)
	default: // the parser and the resolver refuse it
	}
}

func (r *rewriter) params(list []syntax.Expr) {
	for _, p := range list {
		if b, ok := p.(*syntax.BinaryExpr); ok { // name=default
			b.Y = r.expr(b.Y)
		}
	}
}

func (r *rewriter) exprs(list []syntax.Expr) {
	for i, e := range list {
		list[i] = r.expr(e)
	}
}

func (r *rewriter) expr(e syntax.Expr) syntax.Expr {
	switch e := e.(type) {
	case *syntax.Ident:
	case *syntax.Literal:
		if n, ok := e.Value.(*big.Int); ok && n.BitLen() > maxBits {
			r.fault(e.TokenPos, "the number is too large")
		}
	case *syntax.ParenExpr:
		e.X = r.expr(e.X)
	case *syntax.CallExpr:
		e.Fn = r.expr(e.Fn)
		r.args(e.Args)
	case *syntax.DotExpr:
		name := &syntax.Literal{Token: syntax.STRING, TokenPos: e.NamePos, Raw: e.Name.Name, Value: e.Name.Name}
		return call(attrName, e.Dot, r.expr(e.X), name)
	case *syntax.Comprehension:
		for _, c := range e.Clauses {
			switch c := c.(type) {
			case *syntax.ForClause:
				r.target(c.Vars)
				c.X = r.expr(c.X)
			case *syntax.IfClause:
				c.Cond = r.expr(c.Cond)
			}
		}
		e.Body = r.expr(e.Body)
	case *syntax.DictExpr:
		r.exprs(e.List)
	case *syntax.DictEntry:
		e.Key, e.Value = r.key(e.Key, e.Colon), r.expr(e.Value)
	case *syntax.LambdaExpr:
		r.params(e.Params)
		e.Body = r.expr(e.Body)
	case *syntax.ListExpr:
		r.exprs(e.List)
	case *syntax.TupleExpr:
		r.exprs(e.List)
	case *syntax.CondExpr:
		e.Cond, e.True, e.False = r.expr(e.Cond), r.expr(e.True), r.expr(e.False)
	case *syntax.UnaryExpr:
		e.X = r.expr(e.X)
	case *syntax.BinaryExpr:
		return r.binary(e)
	case *syntax.SliceExpr:
		e.X = call(sliceName, e.Lbrack, r.expr(e.X))
		for _, part := range []*syntax.Expr{&e.Lo, &e.Hi, &e.Step} {
			if *part != nil {
				*part = r.expr(*part)
			}
		}
	case *syntax.IndexExpr:
		e.X, e.Y = r.expr(e.X), r.key(e.Y, e.Lbrack)
	default:
		r.fault(syntax.Start(e), "a script cannot contain this expression")
	}
	return e
}

func (r *rewriter) args(list []syntax.Expr) {
	for i, a := range list {
		switch a := a.(type) {
		case *syntax.BinaryExpr:
			if a.Op == syntax.EQ { // name=value
				a.Y = r.expr(a.Y)
				continue
			}
			list[i] = r.expr(a)
		case *syntax.UnaryExpr:
			if a.Op == syntax.STAR || a.Op == syntax.STARSTAR {
				a.X = call(spreadName, a.OpPos, r.expr(a.X))
				continue
			}
			list[i] = r.expr(a)
		default:
			list[i] = r.expr(a)
		}
	}
}

func (r *rewriter) binary(e *syntax.BinaryExpr) syntax.Expr {
	e.X, e.Y = r.expr(e.X), r.expr(e.Y)
	if e.Op == syntax.AND || e.Op == syntax.OR { // what they evaluate is guarded itself, and the right side perhaps not evaluated
		return e
	}
	return call(opName(e.Op), e.OpPos, e.X, e.Y)
}

// key rewrites what will be hashed. Literals are as short as the source.
func (r *rewriter) key(e syntax.Expr, pos syntax.Position) syntax.Expr {
	if _, ok := e.(*syntax.Literal); ok {
		return r.expr(e)
	}
	return call(keyName, pos, r.expr(e))
}

func call(name string, pos syntax.Position, args ...syntax.Expr) syntax.Expr {
	return &syntax.CallExpr{Fn: &syntax.Ident{NamePos: pos, Name: name}, Lparen: pos, Args: args, Rparen: pos}
}
