package conditional

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"hypha/internal/function"
	"hypha/internal/option"
	"hypha/internal/output"
	"hypha/internal/script"
)

// DryRun asks for a script to be run without anything being done.
type DryRun struct {
	Script   string   `json:"script"`
	Channels []string `json:"channels,omitempty"` // names of the channels that it gives results to
	// At is the moment whose values it sees, in ms since the epoch; absent: now.
	At *int64 `json:"at,omitempty"`
	// From, To and EveryS have it run again and again through the past, keeping its state. Humidity and the like stay as they
	// were measured: what the script would have changed is not guessed.
	From   *int64  `json:"from,omitempty"` // ms
	To     *int64  `json:"to,omitempty"`   // ms; absent: now
	EveryS float64 `json:"every_s,omitempty"`
	// State is what the script begins with; absent: nothing.
	State json.RawMessage `json:"state,omitempty" swaggertype:"object"`
}

// Outcome is what a run would have done.
type Outcome struct {
	OK      bool            `json:"ok"`
	Error   string          `json:"error,omitempty"`
	Line    int             `json:"line,omitempty"`
	T       int64           `json:"t"` // ms
	Reads   []script.Read   `json:"reads"`
	Actions []script.Action `json:"actions"`
	Logs    []script.Log    `json:"logs"`
	Results []script.Value  `json:"results"`
	State   json.RawMessage `json:"state" swaggertype:"object"`
	Steps   uint64          `json:"steps"`
	TookMS  float64         `json:"took_ms"`
	// Runs, Failed and Series tell of a run through the past: those runs that did something, or failed.
	Runs   int      `json:"runs,omitempty"`
	Failed int      `json:"failed,omitempty"`
	Series []Replay `json:"series,omitempty"`
	// Until is where it had taken too long, or there was too much to tell; absent when it came to the end.
	Until *int64 `json:"until,omitempty"`
} //	@name	ScriptOutcome

// Replay is one run of a series.
type Replay struct {
	T       int64           `json:"t"` // ms
	Error   string          `json:"error,omitempty"`
	Line    int             `json:"line,omitempty"`
	Actions []script.Action `json:"actions,omitempty"`
	Results []script.Value  `json:"results,omitempty"`
} //	@name	ScriptReplay

const (
	maxReplays   = 20_000
	maxShown     = 20_000 // actions and results of a series
	replayWithin = 20 * time.Second
)

// Try runs a script dry. An error is an option.Errors when the request is at fault; a script that fails is an Outcome.
func Try(ctx context.Context, env function.Env, now time.Time, d DryRun) (Outcome, error) {
	program, err := script.Compile(d.Script)
	if err != nil {
		return Outcome{}, scriptErrors("script", err)
	}
	return try(ctx, env, now, d, program, script.Input{Results: d.Channels, State: script.State{Vars: d.State}}, script.Limits{})
}

func try(ctx context.Context, env function.Env, now time.Time, d DryRun, p *script.Program, in script.Input, limits script.Limits) (Outcome, error) {
	times, err := d.times(now)
	if err != nil {
		return Outcome{}, err
	}
	past, _ := env.(Historian)
	if (d.At != nil || d.From != nil) && past == nil {
		return Outcome{}, option.Errors{{Field: "at", Message: "past values are not known here: leave it out"}}
	}
	ctx, cancel := context.WithTimeout(ctx, replayWithin)
	defer cancel()
	w := &imagined{view: newView(env, times[0], &book{}), past: past, live: d.At == nil && d.From == nil, levels: map[function.Target]lasting{}}
	if d.From == nil {
		return outcome(w.run(ctx, times[0], p, in, limits)), nil
	}
	return w.replay(ctx, times, p, in, limits)
}

// times are the moments of the runs.
func (d DryRun) times(now time.Time) ([]time.Time, error) {
	if d.From == nil {
		if d.At == nil {
			return []time.Time{now}, nil
		}
		at := time.UnixMilli(*d.At)
		if *d.At <= 0 || at.After(now) {
			return nil, option.Errors{{Field: "at", Message: "must be a time in the past"}}
		}
		return []time.Time{at}, nil
	}
	from, to := time.UnixMilli(*d.From), now
	if d.To != nil {
		to = time.UnixMilli(*d.To)
	}
	switch {
	case d.At != nil:
		return nil, option.Errors{{Field: "at", Message: "does not go with from"}}
	case *d.From <= 0 || !from.Before(to) || to.After(now):
		return nil, option.Errors{{Field: "from", Message: "must be before to, and both in the past"}}
	case !(d.EveryS >= 0.1 && d.EveryS <= 86400):
		return nil, option.Errors{{Field: "every_s", Message: "must be 0.1 to 86400 s"}}
	case to.Sub(from).Seconds()/d.EveryS > maxReplays:
		return nil, option.Errors{{Field: "every_s", Message: fmt.Sprintf("makes more than %d runs: choose a longer one, or a shorter time", maxReplays)}}
	}
	var list []time.Time
	for n := 0; ; n++ {
		t := from.Add(seconds(float64(n) * d.EveryS))
		if t.After(to) {
			return list, nil
		}
		list = append(list, t)
	}
}

// imagined is a world in which nothing is done: outputs do what the script would have made them do.
type imagined struct {
	view
	past   Historian
	live   bool
	levels map[function.Target]lasting
}

type lasting struct {
	level output.Level
	ends  time.Time // zero: until the next command
}

// Output is what the script would have made of it; before it has commanded it, what it does now.
func (w *imagined) Output(id int64, channel int) (script.Output, bool) {
	o, ok := w.view.Output(id, channel)
	if !ok {
		return o, false
	}
	if l, commanded := w.levels[function.Target{Output: id, Channel: channel}]; commanded {
		o.Level, o.Known = l.level, true
		if !l.ends.IsZero() && !w.now.Before(l.ends) {
			o.Level, o.Known = output.OffOf(o.Type)
		}
	} else if !w.live {
		o.Level, o.Known = output.Level{}, false // what it did then is not what it does now
	}
	return o, true
}

func (w *imagined) run(ctx context.Context, at time.Time, p *script.Program, in script.Input, limits script.Limits) (time.Time, time.Duration, script.Result, error) {
	w.view = newView(w.env, at, w.book)
	if !w.live {
		w.view.past = w.past
	}
	began := time.Now()
	r, err := p.Run(ctx, w, in, limits)
	for _, a := range r.Actions {
		if a.What == "set_output" && a.Held == "" && err == nil {
			l := lasting{level: *a.Level}
			if a.DurationS > 0 {
				l.ends = at.Add(seconds(a.DurationS))
			}
			w.levels[function.Target{Output: a.Output, Channel: a.Channel}] = l
		}
	}
	return at, time.Since(began), r, err
}

func outcome(at time.Time, took time.Duration, r script.Result, err error) Outcome {
	o := Outcome{
		OK: err == nil, T: at.UnixMilli(), State: r.State.Vars, Steps: r.Steps, TookMS: float64(took.Microseconds()) / 1000,
		Reads: append([]script.Read{}, r.Reads...), Actions: append([]script.Action{}, r.Actions...), Logs: append([]script.Log{}, r.Logs...),
		Results: append([]script.Value{}, r.Values...),
	}
	if len(o.State) == 0 {
		o.State = json.RawMessage("{}")
	}
	if err != nil {
		o.Error = err.Error()
		if e, ok := errors.AsType[*script.Error](err); ok {
			o.Error, o.Line = e.Message, e.Line
		}
	}
	return o
}

// replay runs through the past. What is shown of a single run is that of the last.
func (w *imagined) replay(ctx context.Context, times []time.Time, p *script.Program, in script.Input, limits script.Limits) (o Outcome, err error) {
	var series []Replay
	failed, runs, told := 0, 0, 0
	for _, t := range times {
		at, took, r, err := w.run(ctx, t, p, in, limits)
		if ctx.Err() != nil {
			if runs == 0 {
				return Outcome{}, fmt.Errorf("replay the past: %w", ctx.Err())
			}
			o.Until = new(t.UnixMilli())
			break
		}
		if told += len(r.Actions) + len(r.Values); told > maxShown {
			o.Until = new(t.UnixMilli())
			break
		}
		runs++
		in.State = r.State
		o = outcome(at, took, r, err)
		if err != nil {
			failed++
		}
		if err != nil || len(r.Actions) > 0 || len(r.Values) > 0 {
			series = append(series, Replay{T: o.T, Error: o.Error, Line: o.Line, Actions: r.Actions, Results: r.Values})
		}
	}
	o.Runs, o.Failed, o.Series = runs, failed, series
	return o, nil
}
