package pidloop

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"hypha/internal/function"
	"hypha/internal/option"
	"hypha/internal/tuning"
)

// experiment is a test of the plant that is under way, or what came of the last one.
type experiment struct {
	request tuneRequest
	machine tuning.Experiment
	setup   tuning.Setup
	began   time.Time
	output  float64
	state   string // running, proposed, failed, aborted
	problem string
	found   *tuning.Identified
	offers  []tuning.Offer
	thinks  chan proposal // the proposals that are being computed; nil: none
}

// proposal is what thinking about a record came to.
type proposal struct {
	found  tuning.Identified
	offers []tuning.Offer
	err    error
}

// tuneRequest says what an experiment may do.
type tuneRequest struct {
	Method    string   `json:"method"` // auto, relay or step
	Setpoint  *float64 `json:"setpoint"`
	Low       *float64 `json:"low"` // the safety band: outside of it the experiment ends
	High      *float64 `json:"high"`
	Amplitude float64  `json:"amplitude"` // part of the output's range, up to 1
	PeriodS   float64  `json:"period_s"`
	LimitS    float64  `json:"time_limit_s"`
}

// TuningState is what a PID shows of an experiment.
type TuningState struct {
	State     string             `json:"state"` // running, thinking, proposed, failed, aborted
	Phase     tuning.Phase       `json:"phase,omitempty"`
	Method    string             `json:"method"`
	Began     time.Time          `json:"began"`
	LimitS    float64            `json:"time_limit_s"`
	Setpoint  float64            `json:"setpoint"`
	Low       float64            `json:"low"`
	High      float64            `json:"high"`
	Output    float64            `json:"output"`
	Attempts  []tuning.Attempt   `json:"attempts,omitempty"`
	Problem   string             `json:"problem,omitempty"`
	Found     *tuning.Identified `json:"found,omitempty"`
	Offers    []tuning.Offer     `json:"offers,omitempty"`
	Restoring bool               `json:"can_restore"` // there are gains of before to go back to
}

// running tells whether the experiment drives the outputs now.
func (e *experiment) running() bool { return e != nil && e.state == "running" }

func (l *logic) tuningState() any {
	e := l.tuning
	if e == nil {
		if l.before != nil {
			return TuningState{State: "none", Restoring: true}
		}
		return nil
	}
	s := TuningState{
		State: e.state, Method: e.request.Method, Began: e.began, LimitS: e.setup.TimeLimit, Setpoint: e.setup.Setpoint, Low: e.setup.Low,
		High: e.setup.High, Output: e.output, Problem: e.problem, Found: e.found, Offers: e.offers, Restoring: l.before != nil,
	}
	if e.running() {
		s.Phase = e.machine.Phase()
	}
	if a, ok := e.machine.(*tuning.Auto); ok {
		s.Attempts = a.Attempts()
	}
	return s
}

// tune takes the orders that have to do with experiments.
func (l *logic) tune(ctx context.Context, now time.Time, order string, args json.RawMessage) (any, error) {
	switch order {
	case "autotune":
		return l.beginTuning(now, args)
	case "autotune-abort":
		if !l.tuning.running() {
			return nil, option.Errors{{Field: "", Message: "no experiment is under way"}}
		}
		l.endTuning(now, "aborted", "it was aborted")
		return l.tuningState(), nil
	case "autotune-apply":
		return l.applyOffer(ctx, now, args)
	default:
		if l.before == nil {
			return nil, option.Errors{{Field: "", Message: "there are no gains of before"}}
		}
		old := *l.before
		l.before = nil
		return l.useGains(ctx, now, old)
	}
}

func (l *logic) beginTuning(now time.Time, args json.RawMessage) (any, error) {
	r := tuneRequest{Method: "auto", Amplitude: 1, LimitS: 4 * 3600, PeriodS: l.o.Period}
	if len(args) > 0 {
		if err := json.Unmarshal(args, &r); err != nil {
			return nil, option.Errors{{Field: "", Message: "cannot be read: " + err.Error()}}
		}
	}
	if l.tuning.running() {
		return nil, option.Errors{{Field: "", Message: "an experiment is under way already"}}
	}
	if l.o.Mode == "setpoint" || l.o.Mode == "volume" {
		return nil, option.Errors{{Field: "mode", Message: "an experiment needs an output that can be held: duty, value or pulses"}}
	}
	y, err := l.y.Read()
	if err != nil {
		return nil, option.Errors{{Field: "channel", Message: err.Error()}}
	}
	goal, err := l.setpoint(now)
	if err != nil && r.Setpoint == nil {
		return nil, option.Errors{{Field: "setpoint", Message: err.Error()}}
	}
	if r.Setpoint == nil {
		r.Setpoint = &goal
	}
	var bad option.Errors
	for name, v := range map[string]*float64{"low": r.Low, "high": r.High} {
		if v == nil {
			bad = append(bad, option.FieldError{Field: name, Message: "is required: outside of low and high the experiment ends and the output goes back"})
		}
	}
	if bad != nil {
		slices.SortFunc(bad, func(a, b option.FieldError) int { return len(a.Field) - len(b.Field) })
		return nil, bad
	}
	if y.V < *r.Low || y.V > *r.High {
		return nil, option.Errors{{Field: "low", Message: fmt.Sprintf("and high must enclose the measurement, which is %.4g now", y.V)}}
	}
	e := &experiment{request: r, began: now, state: "running"}
	c := l.o.law()
	e.setup = tuning.Setup{
		Period: r.PeriodS, OutMin: c.OutMin, OutMax: c.OutMax, Rest: c.OutMin, Setpoint: *r.Setpoint, Low: *r.Low, High: *r.High,
		TimeLimit: r.LimitS, Lower: c.Lower, Amplitude: r.Amplitude,
	}
	if l.o.Direction == "both" {
		e.setup.Rest = 0
	}
	if u := l.shown.Output; u != nil && !l.pause {
		e.setup.Rest = *u
	}
	if e.setup.Period <= 0 {
		e.setup.Period = max(l.pace, 0.1)
	}
	if l.o.Mode == "time_proportional" {
		e.setup.Period = max(e.setup.Period, l.o.Window)
	}
	if err := e.setup.Check(); err != nil {
		return nil, err
	}
	switch r.Method {
	case "auto":
		e.machine, err = tuning.NewAuto(e.setup)
	case "relay":
		e.machine, err = tuning.NewRelay(e.setup)
	case "step":
		e.machine, err = tuning.NewStep(e.setup)
	default:
		return nil, option.Errors{{Field: "method", Message: "must be auto, relay or step"}}
	}
	if err != nil {
		return nil, err
	}
	l.tuning, l.pause, l.halted, l.stepped = e, false, "", time.Time{}
	l.env.Say("function", l.env.Name()+" begins an experiment to find its gains", map[string]any{"tuning": "begun", "function": l.env.Ref()})
	return l.tuningState(), nil
}

// experimentStep is a step of the loop while an experiment drives the outputs.
func (l *logic) experimentStep(ctx context.Context, m function.Moment) (time.Time, error) {
	e := l.tuning
	if !l.stepped.IsZero() && m.Now.Sub(l.stepped).Seconds() < e.setup.Period*0.9 {
		return l.nextOfExperiment(), l.drive.keep(ctx, m.Now)
	}
	y, err := l.y.Read()
	if err != nil {
		l.endTuning(m.Now, "failed", err.Error())
		return l.without(ctx, m.Now, err)
	}
	l.goodAt, l.stepped = m.Now, m.Now
	u, done, err := e.machine.Next(m.Now.Sub(e.began).Seconds(), y.V)
	e.output = u
	r := e.setup.Setpoint
	diff := r - y.V
	l.shown = State{Mode: "tuning", Setpoint: &r, Measurement: &y.V, Error: &diff, Output: &u, Gains: l.gains()}
	if done {
		if err != nil {
			l.endTuning(m.Now, "failed", err.Error())
		} else {
			l.endTuning(m.Now, "thinking", "")
			e.think(l.o)
		}
	}
	reason := fmt.Sprintf("an experiment (%s): %s is %.4g", e.machine.Phase(), l.y.Name(), y.V)
	did, err := l.drive.apply(ctx, m.Now, u, reason, l.y.Link(y), function.Link{What: "function", Ref: l.env.Ref(), Text: reason, T: m.Now})
	switch {
	case err != nil:
		l.endTuning(m.Now, "failed", err.Error())
		return time.Time{}, err
	case did.by != "" && e.running():
		l.endTuning(m.Now, "failed", did.by+" drives the output")
	}
	return l.nextOfExperiment(), nil
}

func (l *logic) nextOfExperiment() time.Time {
	return l.stepped.Add(seconds(l.tuning.setup.Period))
}

// endTuning gives the loop back, with the output where it was before, without a jump.
func (l *logic) endTuning(now time.Time, state, problem string) {
	e := l.tuning
	e.state, e.problem = state, problem
	l.law.StartSmoothly(e.setup.Rest)
	l.stepped, l.ramp = time.Time{}, nil
	l.watch.Reset()
	words := map[string]string{
		"aborted": "the experiment was aborted", "failed": "the experiment failed: " + problem, "thinking": "the experiment is done",
	}[state]
	l.env.Say("function", l.env.Name()+": "+words, map[string]any{"tuning": state, "function": l.env.Ref(), "lasted_s": now.Sub(e.began).Seconds()})
}

// think computes the proposals beside the loop, which must go on meanwhile. It ends by itself: it only computes.
func (e *experiment) think(o Options) {
	e.thinks = make(chan proposal, 1)
	record, setup, c := e.machine.Record(), e.setup, o.law()
	done := e.thinks
	go func() {
		found, err := tuning.Identify(record)
		if err != nil {
			done <- proposal{err: err}
			return
		}
		done <- proposal{found: found, offers: tuning.Propose(found, tuning.Task{
			Period: setup.Period, OutMin: c.OutMin, OutMax: c.OutMax, Rest: setup.Rest, Start: found.Start, Setpoint: setup.Setpoint,
			Lower: setup.Lower, Noise: found.Noise,
		})}
	}()
}

// thought takes what thinking has come to.
func (l *logic) thought() {
	e := l.tuning
	if e == nil || e.thinks == nil {
		return
	}
	select {
	case p := <-e.thinks:
		e.thinks = nil
		if p.err != nil {
			e.state, e.problem = "failed", p.err.Error()
			return
		}
		e.state, e.found, e.offers = "proposed", &p.found, p.offers
		l.env.Say("function", fmt.Sprintf("%s has %d proposals for its gains", l.env.Name(), len(p.offers)), map[string]any{"tuning": "proposed", "function": l.env.Ref()})
	default:
	}
}

// tuned are gains as they are used.
type tuned struct {
	Form   string  `json:"form,omitempty"`
	Kp     float64 `json:"kp"`
	Ki     float64 `json:"ki"`
	Kd     float64 `json:"kd"`
	Weight float64 `json:"setpoint_weight"`
	N      float64 `json:"derivative_filter"`
}

// applyOffer puts the gains of a proposal in force; those of before are kept.
func (l *logic) applyOffer(ctx context.Context, now time.Time, args json.RawMessage) (any, error) {
	var a struct {
		Rule tuning.Rule `json:"rule"`
	}
	if len(args) > 0 {
		if err := json.Unmarshal(args, &a); err != nil {
			return nil, option.Errors{{Field: "rule", Message: "cannot be read: " + err.Error()}}
		}
	}
	if l.tuning == nil || l.tuning.state != "proposed" {
		return nil, option.Errors{{Field: "", Message: "there are no proposals: begin an experiment first"}}
	}
	i := slices.IndexFunc(l.tuning.offers, func(o tuning.Offer) bool { return o.Rule == a.Rule || a.Rule == "" && o.Recommended })
	if i < 0 {
		return nil, option.Errors{{Field: "rule", Message: fmt.Sprintf("there is no proposal %q", a.Rule)}}
	}
	o := l.tuning.offers[i]
	before := tuned{l.o.Form, l.o.Kp, l.o.Ki, l.o.Kd, l.o.Weight, l.o.FilterN}
	answer, err := l.useGains(ctx, now, tuned{"parallel", o.Parallel.Kp, o.Parallel.Ki, o.Parallel.Kd, o.Gains.B, o.Gains.N})
	if err == nil {
		l.before = &before
		l.save(ctx, now)
	}
	return answer, err
}

// useGains changes the gains without a jump of the output.
func (l *logic) useGains(ctx context.Context, now time.Time, g tuned) (any, error) {
	after := l.o
	after.Form = g.Form
	if after.Form == "" {
		after.Form = "parallel"
	}
	after.Kp, after.Ki, after.Kd, after.Weight, after.FilterN = g.Kp, g.Ki, g.Kd, g.Weight, g.N
	if err := after.Validate(); err != nil {
		return nil, err
	}
	if err := l.law.SetGains(after.gains(after.Kp, after.Ki, after.Kd)); err != nil {
		return nil, renamed(err)
	}
	l.o = after
	l.save(ctx, now)
	options, err := json.Marshal(l.o)
	if err != nil {
		return nil, fmt.Errorf("encode the options: %w", err)
	}
	return function.Changed{Options: options, Answer: g}, nil
}
