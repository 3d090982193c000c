package pidloop

import (
	"context"
	"fmt"
	"time"

	"hypha/internal/function"
	"hypha/internal/functions/loop"
	"hypha/internal/pid"
)

type lawState = pid.State

// logic is a running PID. Its outputs are driven through a drive, which knows the mode.
type logic struct {
	o     Options
	env   function.Env
	law   *pid.Controller
	y     loop.Measured
	drive drive
	watch loop.Effect

	now      time.Time // of the last moment
	stepped  time.Time // of the last step of the law; zero before the first
	goodAt   time.Time // of the last good measurement
	recorded time.Time
	savedAt  time.Time
	ramp     *float64 // where the set-point stands on its ramp
	lead     lead
	hold     bool   // the output stays as it is
	pause    bool   // the outputs are given up
	halted   string // why it paused by itself; "" when a person did
	shown    State
	tuning   *experiment // the last one; nil: none
	before   *tuned      // the gains before the last ones were applied
	pace     float64     // s between the last two steps: the period of a loop that has none
}

// lead is a set-point that an outer loop gives, for a while.
type lead struct {
	by    string
	value float64
	until time.Time
}

// State is what a PID shows.
type State struct {
	Mode        string   `json:"mode"` // automatic, manual, held, paused, frozen, tuning, waiting
	Setpoint    *float64 `json:"setpoint"`
	Measurement *float64 `json:"measurement"`
	Error       *float64 `json:"error"`
	P           *float64 `json:"p"`
	I           *float64 `json:"i"`
	D           *float64 `json:"d"`
	Output      *float64 `json:"output"`
	Saturated   bool     `json:"saturated"`
	Reason      string   `json:"reason,omitempty"`    // why it does not regulate
	DrivenBy    string   `json:"driven_by,omitempty"` // who drives the output instead
	LedBy       string   `json:"led_by,omitempty"`    // the outer loop that gives the set-point
	Tuning      any      `json:"tuning,omitempty"`    // a TuningState
	Gains       Gains    `json:"gains"`
}

// Gains are shown in both forms.
type Gains struct {
	Kp float64 `json:"kp"`
	Ki float64 `json:"ki"`
	Kd float64 `json:"kd"`
	Ti float64 `json:"ti_s"`
	Td float64 `json:"td_s"`
}

func open(o Options, env function.Env) (*logic, error) {
	law, err := pid.New(o.law())
	if err != nil {
		return nil, err
	}
	l := &logic{
		o: o, env: env, law: law, y: loop.Measured{Env: env, ID: o.Channel, MaxAge: seconds(o.MaxAge)},
		watch: loop.Effect{Within: seconds(o.EffectWithin), Least: o.EffectLeast},
	}
	if l.drive, err = newDrive(o, env); err != nil {
		return nil, err
	}
	return l, nil
}

// restore goes on from what was kept, if it still says something about the plant; else from what the output does now.
func (l *logic) restore(ctx context.Context, now time.Time) {
	var s stored
	found, err := l.env.Load(ctx, &s)
	if err == nil && found {
		l.hold, l.pause, l.halted, l.before = s.Hold, s.Pause, s.Halted, s.Before
		if l.law.Restore(s.Law, now.Sub(s.At).Seconds()) {
			l.drive.restore(s.Carry)
			l.ramp = s.SetpointNow
			return
		}
	}
	if now, ok := l.drive.actual(); ok && now != 0 {
		l.law.StartSmoothly(now)
	}
}

func (l *logic) save(ctx context.Context, now time.Time) {
	l.savedAt = now
	s := stored{At: now, Law: l.law.State(), Hold: l.hold, Pause: l.pause, Halted: l.halted, Carry: l.drive.carry(), SetpointNow: l.ramp, Before: l.before}
	if err := l.env.Save(ctx, s); err != nil {
		l.env.Say("function", fmt.Sprintf("%s could not note its state: %v", l.env.Name(), err), nil)
	}
}

// saveEvery is how often the state is kept: often enough that what is found after a crash is younger than Ti.
func (l *logic) saveEvery() time.Duration {
	return max(time.Minute, seconds(l.o.gains(l.o.Kp, l.o.Ki, l.o.Kd).Ti/4))
}

// Step regulates.
func (l *logic) Step(ctx context.Context, m function.Moment) (time.Time, error) {
	if m.Why == function.Start {
		l.goodAt, l.savedAt = m.Now, m.Now
		l.restore(ctx, m.Now)
	}
	l.now = m.Now
	next, err := l.act(ctx, m)
	if m.Now.Sub(l.savedAt) >= l.saveEvery() {
		l.save(ctx, m.Now)
	}
	return l.drive.wake(m.Now, next), err
}

func (l *logic) act(ctx context.Context, m function.Moment) (time.Time, error) {
	if l.pause {
		l.shown = State{}
		return time.Time{}, nil
	}
	l.thought()
	if l.tuning.running() {
		return l.experimentStep(ctx, m)
	}
	if !l.due(m) {
		return l.tooOld(m.Now), l.drive.keep(ctx, m.Now)
	}
	y, err := l.y.Read()
	if err != nil {
		return l.without(ctx, m.Now, err)
	}
	l.goodAt = m.Now
	r, err := l.setpoint(m.Now)
	if err != nil {
		return l.without(ctx, m.Now, err)
	}
	feed, err := l.feed()
	if err != nil {
		return l.without(ctx, m.Now, err)
	}
	dt := l.dt(m.Now)
	if !l.stepped.IsZero() {
		l.pace = dt
	}
	out := l.law.Step(pid.In{DT: dt, Setpoint: r, Measurement: y.V, FeedForward: feed})
	l.stepped = m.Now
	l.show(r, y.V, out)
	if trouble := l.watch.See(m.Now, y.V, l.towards(out)); trouble != "" {
		l.law.Freeze()
		l.drive.release(trouble)
		l.env.Say("alert", fmt.Sprintf("%s: %s", l.env.Name(), trouble), map[string]any{"fault": "no_effect", "function": l.env.Ref()})
		l.pause, l.halted = true, trouble // until a person has looked
		l.save(ctx, m.Now)
		return time.Time{}, &function.Trouble{Reason: trouble}
	}
	reason := fmt.Sprintf("%s is %.4g, the set-point %.4g: P %.3g, I %.3g, D %.3g", l.y.Name(), y.V, r, out.P, out.I, out.D)
	done, err := l.drive.apply(ctx, m.Now, out.U, reason, l.y.Link(y), function.Link{What: "function", Ref: l.env.Ref(), Text: reason, T: m.Now})
	if err == nil {
		l.shown.DrivenBy = done.by
		l.law.Applied(done.actual)
		l.law.Blocked(done.blockedUp, done.blockedDown)
	}
	l.record(ctx, m.Now)
	return l.tooOld(m.Now), err
}

// due tells whether the law steps now: on its period if it has one, else when its measurement has come.
func (l *logic) due(m function.Moment) bool {
	if l.o.Period > 0 {
		if m.Why == function.Start {
			return true
		}
		// The drive wakes the loop too, between two periods.
		return m.Why == function.Tick && (l.stepped.IsZero() || m.Now.Sub(l.stepped) >= seconds(l.o.Period)*9/10)
	}
	if m.Why == function.Tick { // to renew, unless the measurement is gone
		_, err := l.y.Read()
		return err != nil
	}
	return true
}

// dt is the true time since the last step of the law, s.
func (l *logic) dt(now time.Time) float64 {
	if l.stepped.IsZero() {
		return max(l.o.Period, 0)
	}
	return now.Sub(l.stepped).Seconds()
}

// tooOld is when the measurement must be looked at again even if nothing comes.
func (l *logic) tooOld(now time.Time) time.Time {
	if wait := l.y.Wait(l.env.Latest(l.o.Channel)); wait > 0 {
		return now.Add(wait)
	}
	return time.Time{}
}

// without is a step without a measurement to act on: the output is held for a while, then given up.
func (l *logic) without(ctx context.Context, now time.Time, cause error) (time.Time, error) {
	frozen := l.law.Freeze()
	l.stepped = now // the time without a measurement is not integrated
	l.shown.Mode, l.shown.Reason = "frozen", cause.Error()
	l.shown.Measurement, l.shown.Error, l.shown.P, l.shown.D = nil, nil, nil, nil
	over := l.goodAt.Add(seconds(l.o.Hold))
	if !now.Before(over) {
		l.drive.release(cause.Error())
		return time.Time{}, cause
	}
	_, err := l.drive.apply(ctx, now, frozen.U, "the measurement is missing and the output held for a moment: "+cause.Error(),
		function.Link{What: "function", Ref: l.env.Ref(), Text: cause.Error(), T: now})
	if err != nil {
		return over, err
	}
	return over, cause
}

// setpoint is where the set-point stands now.
func (l *logic) setpoint(now time.Time) (float64, error) {
	goal, ledBy := 0.0, ""
	if now.Before(l.lead.until) {
		goal, ledBy = l.lead.value, l.lead.by
	} else {
		var err error
		if goal, err = l.o.Setpoint.At(l.env, now); err != nil {
			return 0, err
		}
	}
	l.shown.LedBy = ledBy
	if l.o.Ramp <= 0 {
		l.ramp = nil
		return goal, nil
	}
	if l.ramp == nil { // it begins where the measurement is
		at := l.env.Latest(l.o.Channel).V
		l.ramp = &at
	}
	step := l.o.Ramp / 60 * l.dt(now)
	at := min(max(goal, *l.ramp-step), *l.ramp+step)
	l.ramp = &at
	return at, nil
}

// feed is the feed-forward.
func (l *logic) feed() (float64, error) {
	if l.o.Feed == 0 {
		return 0, nil
	}
	d := loop.Measured{Env: l.env, ID: l.o.Feed}
	v, err := d.Read()
	if err != nil {
		return 0, err
	}
	return l.o.FeedGain * (v.V - l.o.FeedZero), nil
}

// towards is the direction in which the output pushes the measurement with all its might: 1, -1, or 0.
func (l *logic) towards(out pid.Out) int {
	c := l.o.law()
	side := 1
	if l.o.Direction == "lower" {
		side = -1
	}
	switch {
	case out.U >= c.OutMax*0.98 && c.OutMax > 0:
		return side
	case l.o.Direction == "both" && out.U <= c.OutMin*0.98:
		return -side
	}
	return 0
}

func (l *logic) gains() Gains {
	g := l.o.gains(l.o.Kp, l.o.Ki, l.o.Kd)
	ti := g.Ti
	if !g.Integral() {
		ti = 0
	}
	return Gains{Kp: l.o.Kp, Ki: l.o.Ki, Kd: l.o.Kd, Ti: ti, Td: g.Td}
}

func (l *logic) show(r, y float64, out pid.Out) {
	e := r - y
	l.shown = State{
		Mode: l.mode(), Setpoint: &r, Measurement: &y, Error: &e, P: &out.P, I: &out.I, D: &out.D, Output: &out.U, Saturated: out.Saturated,
		LedBy: l.shown.LedBy, Gains: l.gains(),
	}
}

// record publishes the terms as channels, at their pace.
func (l *logic) record(ctx context.Context, now time.Time) {
	if !l.recorded.IsZero() && now.Sub(l.recorded) < seconds(l.o.Record)*95/100 {
		return
	}
	l.recorded = now
	s := l.shown
	l.env.Emit(ctx, now,
		function.Value{Index: chSetpoint, V: *s.Setpoint}, function.Value{Index: chError, V: *s.Error},
		function.Value{Index: chP, V: *s.P}, function.Value{Index: chI, V: *s.I}, function.Value{Index: chD, V: *s.D},
		function.Value{Index: chOutput, V: *s.Output},
	)
}

// mode is who has the output while the loop runs.
func (l *logic) mode() string {
	switch {
	case l.hold:
		return "held"
	case l.law.InManual():
		return "manual"
	}
	return "automatic"
}

// Aim is the set-point that the loop holds now.
func (l *logic) Aim() (float64, bool) {
	if l.shown.Setpoint == nil || l.pause {
		return 0, false
	}
	return *l.shown.Setpoint, true
}

// State shows the loop: what the last step found, and who has the output now, which a person may have changed since.
func (l *logic) State() any {
	s := l.shown
	s.Gains = l.gains()
	switch {
	case l.pause:
		s = State{Mode: "paused", Reason: l.halted, Gains: s.Gains}
	case s.Mode == "":
		s.Mode = "waiting"
	case s.Mode == "automatic" || s.Mode == "held" || s.Mode == "manual":
		s.Mode = l.mode()
	}
	s.Tuning = l.tuningState()
	return s
}

// End keeps what the next run goes on from.
func (l *logic) End(ctx context.Context) { l.save(ctx, l.now) }
