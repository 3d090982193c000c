package pidloop

import (
	"context"
	"time"

	"hypha/internal/function"
	"hypha/internal/functions/loop"
	"hypha/internal/output"
	"hypha/internal/pid"
)

// drive brings the law's output, in its unit, to the actuators. What it is asked for holds until it is asked for something
// else; keep renews it.
type drive interface {
	apply(ctx context.Context, now time.Time, u float64, reason string, chain ...function.Link) (done, error)
	// keep renews leases and begins pulses that are due.
	keep(ctx context.Context, now time.Time) error
	// wake is when the loop must be called at the latest: next, or sooner.
	wake(now, next time.Time) time.Time
	release(reason string)
	// actual is what the actuators do, in the unit of the law's output; ok is false while that is not known.
	actual() (u float64, ok bool)
	// carry is what is owed: s of pulses, or ml.
	carry() float64
	restore(carry float64)
}

// done is what became of an output.
type done struct {
	actual                 float64 // what the actuators do
	by                     string  // who drives them, when it is not this function
	blockedUp, blockedDown bool    // the inner loop cannot follow
}

func newDrive(o Options, env function.Env) (drive, error) {
	actuator := func(t *function.Target) *loop.Actuator {
		if t == nil {
			return nil
		}
		return &loop.Actuator{Env: env, Target: *t, Lease: max(seconds(o.Lease), 3*seconds(o.Period)), Priority: o.Priority}
	}
	up, down := actuator(o.Raising), actuator(o.Lowering)
	switch o.Direction {
	case "raise":
		down = nil
	case "lower": // one output, whose measurement the law has mirrored
		up, down = down, nil
	}
	switch o.Mode {
	case "time_proportional":
		p := &pulses{sides: []*side{{actuator: up}}, window: seconds(o.Window)}
		if down != nil {
			p.sides = append(p.sides, &side{actuator: down, sign: -1})
		}
		p.sides[0].sign = 1
		for _, s := range p.sides {
			var err error
			if s.law, err = pid.NewProportioner(o.pulses()); err != nil {
				return nil, err
			}
		}
		return p, nil
	case "volume":
		return &doses{up: up, down: down, least: o.MinDose}, nil
	case "setpoint":
		return &outer{env: env, inner: o.Inner, lease: max(seconds(o.Lease), 3*seconds(o.Period))}, nil
	case "value":
		return &levels{up: up, level: func(u float64) output.Level { return output.Level{Value: &u} }}, nil
	default:
		return &levels{up: up, down: down, level: func(u float64) output.Level { return output.Level{Duty: &u} }}, nil
	}
}

// number is the level of a channel as a number, on and off as 100 and 0.
func number(l output.Level) (float64, bool) {
	switch {
	case l.On != nil && *l.On:
		return 100, true
	case l.On != nil:
		return 0, true
	case l.Duty != nil:
		return *l.Duty, true
	case l.Value != nil:
		return *l.Value, true
	}
	return 0, false
}

// levels drives a duty or a value; what is below 0 goes to the lowering output.
type levels struct {
	up, down *loop.Actuator
	level    func(float64) output.Level

	u      float64
	reason string
	chain  []function.Link
	driven bool
}

func (d *levels) apply(ctx context.Context, now time.Time, u float64, reason string, chain ...function.Link) (done, error) {
	d.u, d.reason, d.chain, d.driven = u, reason, chain, true
	if d.down == nil {
		got, err := d.up.Drive(ctx, now, d.level(u), reason, chain...)
		if err != nil {
			return done{}, err
		}
		return doneOf(got, u, 1), nil
	}
	// First off, then on: the two never work against each other.
	first, second, sign := d.down, d.up, 1.0
	if u < 0 {
		first, second, sign = d.up, d.down, -1
	}
	off, err := first.Drive(ctx, now, d.level(0), reason, chain...)
	if err != nil {
		return done{}, err
	}
	got, err := second.Drive(ctx, now, d.level(u*sign), reason, chain...)
	if err != nil {
		return done{}, err
	}
	result := doneOf(got, u, sign)
	if off.Outranked {
		other := doneOf(off, 0, -sign)
		result.actual, result.by = result.actual+other.actual, other.by
	}
	return result, nil
}

// doneOf is what a command came to; asked stands for it when it was obeyed.
func doneOf(d function.Driven, asked, sign float64) done {
	if !d.Outranked {
		return done{actual: asked}
	}
	actual, ok := number(d.Level)
	if !ok {
		actual = 0
	}
	return done{actual: actual * sign, by: d.By}
}

func (d *levels) keep(ctx context.Context, now time.Time) error {
	if !d.driven {
		return nil
	}
	_, err := d.apply(ctx, now, d.u, d.reason, d.chain...)
	return err
}

func (d *levels) wake(_, next time.Time) time.Time { return next }

func (d *levels) release(reason string) {
	d.driven = false
	d.up.Release(reason)
	if d.down != nil {
		d.down.Release(reason)
	}
}

func (d *levels) actual() (float64, bool) {
	l, ok := d.up.Env.Actual(d.up.Target)
	if !ok {
		return 0, false
	}
	u, ok := number(l)
	if d.down == nil || !ok {
		return u, ok
	}
	if l, there := d.down.Env.Actual(d.down.Target); there {
		if v, ok := number(l); ok {
			u -= v
		}
	}
	return u, true
}

func (d *levels) carry() float64  { return 0 }
func (d *levels) restore(float64) {}

// side is one on/off output of pulses.
type side struct {
	actuator *loop.Actuator
	sign     float64
	law      *pid.Proportioner
}

// pulses drives on/off outputs for a part of each window. The pulse is a timed command of the output, so that it ends even
// if this program ends.
type pulses struct {
	sides  []*side
	window time.Duration

	u      float64
	reason string
	chain  []function.Link
	driven bool
	end    time.Time // of the present window; zero: none
}

func (d *pulses) apply(ctx context.Context, now time.Time, u float64, reason string, chain ...function.Link) (done, error) {
	d.u, d.reason, d.chain, d.driven = u, reason, chain, true
	return d.begin(ctx, now)
}

// begin begins a window if the one before is over.
func (d *pulses) begin(ctx context.Context, now time.Time) (result done, err error) {
	result.actual = d.u
	if !d.driven || now.Before(d.end) {
		return result, nil
	}
	if d.end.IsZero() || now.Sub(d.end) > d.window {
		d.end = now
	}
	d.end = d.end.Add(d.window)
	for _, s := range d.sides {
		on := seconds(s.law.Next(max(0, d.u*s.sign)))
		got, e := s.actuator.Pulse(ctx, now, on, d.window, d.reason, d.chain...)
		if e != nil {
			err = e
			continue
		}
		if got.Outranked {
			other := doneOf(got, d.u, s.sign)
			result.actual, result.by = other.actual, other.by
		}
	}
	return result, err
}

func (d *pulses) keep(ctx context.Context, now time.Time) error {
	_, err := d.begin(ctx, now)
	return err
}

func (d *pulses) wake(_, next time.Time) time.Time {
	if d.driven && (next.IsZero() || d.end.Before(next)) {
		return d.end
	}
	return next
}

func (d *pulses) release(reason string) {
	d.driven, d.end = false, time.Time{}
	for _, s := range d.sides {
		s.actuator.Release(reason)
	}
}

// actual is not known: a pulse is on or off, and neither is the duty.
func (d *pulses) actual() (float64, bool) { return 0, false }

func (d *pulses) carry() float64 {
	sum := 0.0
	for _, s := range d.sides {
		sum += s.sign * s.law.Carry()
	}
	return sum
}

func (d *pulses) restore(carry float64) {
	for _, s := range d.sides {
		if carry*s.sign > 0 {
			s.law.Restore(carry * s.sign)
		}
	}
}

// doses gives volumes, one each period; what is less than the smallest is saved up.
type doses struct {
	up, down *loop.Actuator
	least    float64
	owed     float64 // ml, below 0 of the lowering output
}

func (d *doses) apply(ctx context.Context, now time.Time, u float64, reason string, chain ...function.Link) (done, error) {
	if d.owed*u < 0 {
		d.owed = 0 // the direction has changed: what was owed the other way would only have to be undone
	}
	volume, to := d.owed+u, d.up
	if volume < 0 {
		to, volume = d.down, -volume
	}
	if to == nil || volume < d.least || volume == 0 {
		d.owed += u
		if u == 0 {
			d.owed = 0
		}
		return done{actual: u}, nil
	}
	got, err := to.Dose(ctx, volume, reason, chain...)
	if err != nil {
		return done{}, err
	}
	if got.Outranked {
		return done{by: got.By}, nil
	}
	d.owed = 0
	return done{actual: u}, nil
}

func (d *doses) keep(context.Context, time.Time) error { return nil }
func (d *doses) wake(_, next time.Time) time.Time      { return next }
func (d *doses) release(string)                        { d.owed = 0 }
func (d *doses) actual() (float64, bool)               { return 0, false }
func (d *doses) carry() float64                        { return d.owed }
func (d *doses) restore(carry float64)                 { d.owed = carry }

// outer leads the set-point of an inner loop.
type outer struct {
	env    function.Env
	inner  int64
	lease  time.Duration
	u      float64
	driven bool
}

func (d *outer) apply(ctx context.Context, _ time.Time, u float64, _ string, _ ...function.Link) (done, error) {
	d.u, d.driven = u, true
	a, err := d.env.Lead(ctx, d.inner, u, d.lease)
	if err != nil {
		return done{}, &function.Trouble{Reason: "the inner PID does not follow: " + err.Error()}
	}
	return done{actual: u, by: a.DrivenBy, blockedUp: a.BlockedUp, blockedDown: a.BlockedDown}, nil
}

func (d *outer) keep(ctx context.Context, now time.Time) error {
	if !d.driven {
		return nil
	}
	_, err := d.apply(ctx, now, d.u, "")
	return err
}

func (d *outer) wake(_, next time.Time) time.Time { return next }
func (d *outer) release(string)                   { d.driven = false }
func (d *outer) actual() (float64, bool)          { return 0, false }
func (d *outer) carry() float64                   { return 0 }
func (d *outer) restore(float64)                  {}
