package conditional

import (
	"context"
	"fmt"
	"time"

	"hypha/internal/function"
	"hypha/internal/functions/loop"
	"hypha/internal/measure"
	"hypha/internal/option"
	"hypha/internal/script"
)

// Equation are the options of the kind equation.
type Equation struct {
	Expression string           `json:"expression" required:"true" title:"Expression" help:"Of the names below; with sqrt, exp, log, pow, sin, round, min, max ... and: a if x > 1 else b" placeholder:"(a + b) / 2" max_len:"4096"`
	Inputs     []Variable       `json:"inputs" required:"true" title:"Variables" min_items:"1" max_items:"50"`
	Quantity   measure.Quantity `json:"quantity" title:"Quantity of the result" help:"Else that of the first variable" format:"quantity"`
	Unit       measure.Unit     `json:"unit" title:"Unit of the result" help:"Else that of the first variable" format:"unit"`
	MaxAge     float64          `json:"max_age_s" title:"Longest age" help:"Of each reading. 0: as long as its channel is not stale" default:"0" min:"0" max:"604800" unit:"s"`
	Period     float64          `json:"period_s" title:"Period" help:"0: whenever one of the channels has a new reading" default:"0" min:"0" max:"86400" unit:"s"`
}

// Variable is a channel under the name that the expression calls it by.
type Variable struct {
	Name    string            `json:"name" required:"true" title:"Name" pattern:"^[A-Za-z_][A-Za-z0-9_]*$" max_len:"50"`
	Channel measure.ChannelID `json:"channel" required:"true" title:"Channel" format:"channel" min:"1"`
	Unit    measure.Unit      `json:"unit" title:"Unit" help:"The value is converted to it. Else the channel's own" format:"unit" advanced:"true"`
}

// Validate compiles the expression.
func (o Equation) Validate() error {
	var bad option.Errors
	seen := map[string]bool{}
	for n, v := range o.Inputs {
		if seen[v.Name] {
			bad = append(bad, option.FieldError{Field: fmt.Sprintf("inputs[%d].name", n), Message: fmt.Sprintf("%q is taken by another variable", v.Name)})
		}
		seen[v.Name] = true
	}
	if (o.Quantity == "") != (o.Unit == "") {
		bad = append(bad, option.FieldError{Field: "unit", Message: "and quantity go together"})
	}
	if _, err := script.CompileExpression(o.Expression, o.names()); err != nil {
		bad = append(bad, scriptErrors("expression", err)...)
	}
	if bad != nil {
		return bad
	}
	return nil
}

func (o Equation) names() (names []string) {
	for _, v := range o.Inputs {
		names = append(names, v.Name)
	}
	return names
}

func equation() function.Kind {
	return function.Define(function.Spec[Equation]{
		ID: "equation", Name: "Equation", Icon: "gauge", Tags: []string{"calculate"},
		Description: "One channel from a formula of others.",
		Formula:     "y = expression of the newest usable readings; no value when one of them is missing, or when the result is no finite number",
		Source:      "the user's; expressions are those of Starlark with the functions of mathematics, see docs/scripts.md",
		Example:     `{"name": "Heat to remove", "kind": "equation", "options": {"expression": "1.2 * 1005 * flow * (inside - outside)", "inputs": [{"name": "flow", "channel": 3}, {"name": "inside", "channel": 1}, {"name": "outside", "channel": 2}], "quantity": "power", "unit": "W"}}`,
		PeriodOf:    func(o Equation) time.Duration { return seconds(o.Period) },
		Uses: func(o Equation) (u function.Uses) {
			for n, v := range o.Inputs {
				u.Channels = append(u.Channels, function.ChannelUse{Field: fmt.Sprintf("inputs[%d].channel", n), ID: v.Channel, Watch: true})
			}
			return u
		},
		ChannelsOf: func(o Equation, l function.Lookup) ([]function.Channel, error) {
			ch := function.Channel{Name: "result", Quantity: o.Quantity, Unit: o.Unit}
			if o.Unit == "" {
				first, ok := l.ChannelOf(o.Inputs[0].Channel)
				if !ok {
					return nil, option.Errors{{Field: "inputs[0].channel", Message: fmt.Sprintf("there is no channel %d", o.Inputs[0].Channel)}}
				}
				ch.Quantity, ch.Unit = first.Quantity, first.Unit
				if u := o.Inputs[0].Unit; u != "" {
					ch.Unit = u
				}
			}
			return []function.Channel{ch}, nil
		},
		Check: func(o Equation, l function.Lookup) error {
			_, err := operands(o, l)
			return err
		},
		Open: func(_ context.Context, o Equation, env function.Env) (function.Logic, error) {
			return openEquation(o, env)
		},
	})
}

// operand is a variable with what brings its channel to the unit it is wanted in.
type operand struct {
	Variable
	convert measure.Affine
}

func operands(o Equation, l function.Lookup) ([]operand, error) {
	var list []operand
	var bad option.Errors
	for n, v := range o.Inputs {
		ch, ok := l.ChannelOf(v.Channel)
		if !ok {
			bad = append(bad, option.FieldError{Field: fmt.Sprintf("inputs[%d].channel", n), Message: fmt.Sprintf("there is no channel %d", v.Channel)})
			continue
		}
		op := operand{Variable: v, convert: measure.Affine{Scale: 1}}
		if v.Unit != "" {
			var err error
			if op.convert, err = l.Convert(ch.Unit, v.Unit); err != nil {
				bad = append(bad, option.FieldError{Field: fmt.Sprintf("inputs[%d].unit", n), Message: fmt.Sprintf("%s is in %s, which cannot be converted to %s", ch.Name, ch.Unit, v.Unit)})
			}
		}
		list = append(list, op)
	}
	if bad != nil {
		return nil, bad
	}
	return list, nil
}

type equationLogic struct {
	o        Equation
	env      function.Env
	formula  *script.Expression
	operands []operand
	due      time.Time
	result   *float64
}

func openEquation(o Equation, env function.Env) (*equationLogic, error) {
	formula, err := script.CompileExpression(o.Expression, o.names())
	if err != nil {
		return nil, fmt.Errorf("compile the expression: %w", err)
	}
	list, err := operands(o, env.Lookup())
	if err != nil {
		return nil, err
	}
	return &equationLogic{o: o, env: env, formula: formula, operands: list}, nil
}

// Step computes: on its period, or shortly after a reading, for others may come with it.
func (l *equationLogic) Step(ctx context.Context, m function.Moment) (time.Time, error) {
	if m.Why == function.Arrival {
		if l.o.Period > 0 {
			return time.Time{}, nil
		}
		if l.due.IsZero() {
			l.due = m.Now.Add(together)
		}
		return l.due, nil
	}
	l.due, l.result = time.Time{}, nil
	values, q := map[string]float64{}, measure.Good
	for _, op := range l.operands {
		y := loop.Measured{Env: l.env, ID: op.Channel, MaxAge: seconds(l.o.MaxAge)}
		got, err := y.Read()
		if err != nil {
			return time.Time{}, err
		}
		if got.Q == measure.Substituted {
			q = measure.Substituted
		}
		values[op.Name] = op.convert.Apply(got.V)
	}
	v, err := l.formula.Eval(ctx, values)
	if err != nil {
		if ctx.Err() != nil {
			return time.Time{}, ctx.Err()
		}
		return time.Time{}, &function.Trouble{Reason: "the equation has no value: " + err.Error()}
	}
	l.result = &v
	l.env.Emit(ctx, m.Now, function.Value{V: v, Q: q})
	return time.Time{}, nil
}

// State shows the last result; null while there is none.
func (l *equationLogic) State() any { return map[string]any{"result": l.result} }
