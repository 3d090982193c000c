// Package calculation has the kinds of functions that make one channel of others: sums, means, differences, extremes,
// equations and the humidity of the air.
package calculation

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hypha/internal/function"
	"hypha/internal/measure"
)

// operands are the channels a calculation is made of, each with what brings its unit to the one that the formula wants.
type operands struct {
	env     function.Env
	ids     []measure.ChannelID
	names   []string
	convert []measure.Affine
	maxAge  time.Duration
}

// newOperands looks the channels up; units are what the formula wants, "" for a channel as it is.
func newOperands(env function.Env, ids []measure.ChannelID, units []measure.Unit, maxAge time.Duration) (*operands, error) {
	o := &operands{env: env, ids: ids, maxAge: maxAge}
	look := env.Lookup()
	for n, id := range ids {
		ch, ok := look.ChannelOf(id)
		if !ok {
			return nil, fmt.Errorf("channel %d is gone", id)
		}
		convert := measure.Affine{Scale: 1}
		if units[n] != "" {
			var err error
			if convert, err = look.Convert(ch.Unit, units[n]); err != nil {
				return nil, fmt.Errorf("%s: %w", ch.Name, err)
			}
		}
		o.names, o.convert = append(o.names, ch.Name), append(o.convert, convert)
	}
	return o, nil
}

// read returns the live values. One that control may not act on is a Trouble: what is computed of it would be a guess.
func (o *operands) read() (values []float64, q measure.Quality, err error) {
	values = make([]float64, len(o.ids))
	for n, id := range o.ids {
		m := o.env.Latest(id)
		if !m.Usable(o.maxAge) {
			return nil, 0, &function.Trouble{Reason: unusable(o.names[n], m, o.maxAge)}
		}
		if m.Q == measure.Substituted {
			q = measure.Substituted
		}
		values[n] = o.convert[n].Apply(m.V)
	}
	return values, q, nil
}

// unusable says in words why a measurement cannot be used.
func unusable(name string, m function.Measurement, maxAge time.Duration) string {
	switch {
	case !m.Has:
		return name + " has no reading yet"
	case m.Q.Usable():
		return fmt.Sprintf("the last reading of %s is older than %v", name, maxAge)
	default:
		return fmt.Sprintf("the reading of %s is %s", name, m.Q)
	}
}

// together is how long a calculation waits after a reading for the others that come with it.
const together = 20 * time.Millisecond

// machine computes one value of its operands whenever one of them has a new reading, or at the end of a period.
type machine struct {
	operands *operands
	periodic bool // it steps on its period alone
	compute  func(ctx context.Context, values []float64) (float64, error)
	result   *float64
}

// Step computes.
func (l *machine) Step(ctx context.Context, m function.Moment) (time.Time, error) {
	if m.Why == function.Arrival {
		if l.periodic {
			return time.Time{}, nil
		}
		return m.Now.Add(together), nil
	}
	values, q, err := l.operands.read()
	if err != nil {
		l.result = nil
		return time.Time{}, err
	}
	v, err := l.compute(ctx, values)
	if err != nil {
		l.result = nil
		if _, ok := errors.AsType[*function.Trouble](err); ok {
			return time.Time{}, err
		}
		return time.Time{}, &function.Trouble{Reason: err.Error()}
	}
	l.result = &v
	l.operands.env.Emit(ctx, m.Now, function.Value{V: v, Q: q})
	return time.Time{}, nil
}

// State shows the last result; null while there is none.
func (l *machine) State() any { return map[string]any{"result": l.result} }
