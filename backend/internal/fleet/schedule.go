package fleet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"hypha/internal/function"
	"hypha/internal/measure"
	"hypha/internal/option"
	"hypha/internal/output"
	"hypha/internal/settings"
)

// Schedule is what is known beforehand of a span of time.
type Schedule struct {
	From Time `json:"from" swaggertype:"string" format:"date-time"`
	To   Time `json:"to" swaggertype:"string" format:"date-time"`
	// Timezone is that of the site; "Local" when it is that of the machine.
	Timezone string `json:"timezone"`
	// Outputs are those whose spans are planned, Timers the functions that act at points in time, Courses the methods that
	// functions follow.
	Outputs []PlannedOutput `json:"outputs"`
	Timers  []PlannedTimer  `json:"timers"`
	Courses []PlannedCourse `json:"courses"`
} //	@name	Schedule

// PlannedOutput is what a channel of an output will do by the clock.
type PlannedOutput struct {
	Output  int64         `json:"output"`
	Channel int           `json:"channel"`
	Name    string        `json:"name"`
	Zone    *int64        `json:"zone" extensions:"x-nullable"`
	Spans   []PlannedSpan `json:"spans"`
} //	@name	PlannedOutput

// PlannedSpan is a time in which a channel is on by plan. One of no length is a dose.
type PlannedSpan struct {
	From     Time         `json:"from" swaggertype:"string" format:"date-time"`
	To       Time         `json:"to" swaggertype:"string" format:"date-time"`
	Level    output.Level `json:"level"`
	Function int64        `json:"function"`
} //	@name	PlannedSpan

// PlannedTimer is a function that acts at points in time.
type PlannedTimer struct {
	Function int64  `json:"function"`
	Name     string `json:"name"`
	Kind     string `json:"kind"`
	Zone     *int64 `json:"zone" extensions:"x-nullable"`
	Points   []Time `json:"points" swaggertype:"array,string" format:"date-time"`
	// More: there are more points than are listed.
	More bool `json:"more"`
	// Drives: what it does is told by spans of outputs.
	Drives bool `json:"drives"`
	// Problem says why its times are not known.
	Problem string `json:"problem,omitempty"`
} //	@name	PlannedTimer

// PlannedCourse is the set-point of a function that follows a method.
type PlannedCourse struct {
	Function   int64        `json:"function"`
	Name       string       `json:"name"`
	Method     int64        `json:"method"`
	MethodName string       `json:"method_name"`
	Zone       *int64       `json:"zone" extensions:"x-nullable"`
	Unit       measure.Unit `json:"unit"`
	T          []int64      `json:"t"` // ms since the epoch
	V          []*float64   `json:"v"` // null: no set-point then
} //	@name	PlannedCourse

const (
	// maxSchedule bounds the span that is looked at.
	maxSchedule = 32 * 24 * time.Hour
	// leadIn is how far before the span commands are looked for that still hold in it.
	leadIn = 48 * time.Hour
	// courseEvery is how far apart the points of a course are, at least.
	courseEvery = 15 * time.Minute
	// scheduleWithin bounds how long all of it may take.
	scheduleWithin = 15 * time.Second
)

// Schedule tells what the enabled functions will do by the clock from one moment to another, at most 32 days later.
func (f *Fleet) Schedule(ctx context.Context, from, to time.Time) (Schedule, error) {
	switch {
	case !to.After(from):
		return Schedule{}, option.Errors{{Field: "to", Message: "must be later than from"}}
	case to.Sub(from) > maxSchedule:
		return Schedule{}, option.Errors{{Field: "to", Message: "must be at most 32 days after from"}}
	}
	ctx, cancel := context.WithTimeout(ctx, scheduleWithin)
	defer cancel()
	rows, _, err := f.cfg.Store.Functions.List(ctx, settings.Filter{})
	if err != nil {
		return Schedule{}, err
	}
	s := Schedule{
		From: Time(from), To: Time(to), Timezone: f.cfg.Place.Zone.String(),
		Outputs: []PlannedOutput{}, Timers: []PlannedTimer{}, Courses: []PlannedCourse{},
	}
	var commands []commanded
	for _, row := range rows {
		if !row.Enabled {
			continue
		}
		row.ZoneID = f.binned.shown(row.ZoneID)
		bound, err := f.boundFunction(row)
		if err != nil {
			continue // its own page says what is wrong with it
		}
		if course, ok, err := f.courseOf(ctx, row, bound, from, to); err != nil {
			return s, err
		} else if ok {
			s.Courses = append(s.Courses, course)
		}
		plan, ok, err := f.ahead(ctx, bound, from, to)
		if ctx.Err() != nil {
			return s, fmt.Errorf("look ahead: %w", ctx.Err())
		}
		if !ok {
			continue
		}
		for _, c := range plan.Commands {
			commands = append(commands, commanded{c, row.ID})
		}
		if plan.Steady {
			continue
		}
		timer := PlannedTimer{Function: row.ID, Name: row.Name, Kind: row.Kind, Zone: row.ZoneID, Points: []Time{}, More: plan.More, Drives: len(plan.Commands) > 0}
		if err != nil {
			timer.Problem = err.Error()
		}
		for _, p := range plan.Points {
			timer.Points = append(timer.Points, Time(p))
		}
		if len(timer.Points) > 0 || timer.Problem != "" {
			s.Timers = append(s.Timers, timer)
		}
	}
	s.Outputs, err = f.plannedOutputs(ctx, commands, from, to)
	return s, err
}

// ahead is the plan of a function for a span, with the commands of before that may still hold in it.
func (f *Fleet) ahead(ctx context.Context, bound *function.Bound, from, to time.Time) (function.Plan, bool, error) {
	plan, ok, err := bound.Plan(ctx, f.Imagined(), from, to)
	if err != nil || plan.Steady {
		return plan, ok, err
	}
	for before := leadIn; before > time.Minute; before /= 16 {
		earlier, _, err := bound.Plan(ctx, f.Imagined(), from.Add(-before), from)
		if err != nil || earlier.More { // of one that acts often, what it did last is enough
			continue
		}
		plan.Commands = append(earlier.Commands, plan.Commands...)
		return plan, ok || len(earlier.Commands) > 0, nil
	}
	return plan, ok, nil
}

// boundFunction is a stored function with its options checked.
func (f *Fleet) boundFunction(row settings.Function) (*function.Bound, error) {
	kind, ok := f.functions[row.Kind]
	if !ok {
		return nil, fmt.Errorf("this program does not know the kind %q", row.Kind)
	}
	options, err := f.cfg.Store.Secrets.OpenOptions(row.Options, kind.Options.Secrets())
	if err != nil {
		return nil, fmt.Errorf("open the secrets: %w", err)
	}
	return kind.Bind(options)
}

// courseOf is the set-point of a function that follows a method.
func (f *Fleet) courseOf(ctx context.Context, row settings.Function, bound *function.Bound, from, to time.Time) (c PlannedCourse, ok bool, err error) {
	if len(bound.Uses.Methods) == 0 {
		return c, false, nil
	}
	id := bound.Uses.Methods[0].ID
	stored, err := f.cfg.Store.Methods.Get(ctx, id)
	if errors.Is(err, ErrNotFound) {
		return c, false, nil
	}
	if err != nil {
		return c, false, err
	}
	c = PlannedCourse{Function: row.ID, Name: row.Name, Method: id, MethodName: stored.Name, Zone: row.ZoneID}
	var o struct {
		Channel measure.ChannelID `json:"channel"`
	}
	if err := json.Unmarshal(row.Options, &o); err == nil && o.Channel != 0 {
		if ch, found := f.Imagined().Lookup().ChannelOf(o.Channel); found {
			c.Unit = ch.Unit
		}
	}
	var begun beginning
	if _, err := f.cfg.Store.KV.Get(ctx, beginningKey(row.Ref()), &begun); err != nil {
		return c, false, err
	}
	step := max(courseEvery, to.Sub(from)/1000)
	for t := from; !t.After(to); t = t.Add(step) {
		v, err := f.setpointOf(ctx, id, begun.At, t)
		if err != nil {
			return c, false, nil //nolint:nilerr // the method's own page says what is wrong with it
		}
		c.T = append(c.T, t.UnixMilli())
		if v.OK {
			c.V = append(c.V, &v.V)
		} else {
			c.V = append(c.V, nil)
		}
	}
	return c, true, nil
}

// commanded is a command that lies ahead, of a function.
type commanded struct {
	function.Planned
	by int64
}

// plannedOutputs makes spans of commands: each holds for its time or until the next one of its channel.
func (f *Fleet) plannedOutputs(ctx context.Context, commands []commanded, from, to time.Time) ([]PlannedOutput, error) {
	slices.SortStableFunc(commands, func(a, b commanded) int { return a.At.Compare(b.At) })
	of := map[function.Target][]commanded{}
	for _, c := range commands {
		of[c.Target] = append(of[c.Target], c)
	}
	rows, _, err := f.cfg.Store.Outputs.List(ctx, settings.Filter{})
	if err != nil {
		return nil, err
	}
	list := []PlannedOutput{}
	for _, row := range rows {
		for _, ch := range row.Channels {
			spans := spansOf(of[function.Target{Output: row.ID, Channel: ch.Index}], from, to)
			if len(spans) > 0 {
				list = append(list, PlannedOutput{Output: row.ID, Channel: ch.Index, Name: outputName(row, ch.Index), Zone: f.binned.shown(row.ZoneID), Spans: spans})
			}
		}
	}
	return list, nil
}

// spansOf are the times within [from, to) in which commands of one channel, ascending, have it on.
func spansOf(commands []commanded, from, to time.Time) (spans []PlannedSpan) {
	for n, c := range commands {
		if !c.Level.Active() {
			continue
		}
		end := to
		if n+1 < len(commands) {
			end = commands[n+1].At
		}
		if c.For > 0 && c.At.Add(c.For).Before(end) {
			end = c.At.Add(c.For)
		}
		if c.Level.VolumeML != nil {
			end = c.At
		}
		begin := c.At
		if begin.Before(from) {
			begin = from
		}
		if end.After(to) {
			end = to
		}
		if end.Before(begin) || !begin.Before(to) || end.Equal(from) && c.At.Before(from) {
			continue
		}
		if last := len(spans) - 1; last >= 0 && time.Time(spans[last].To).Equal(begin) && spans[last].Function == c.by && spans[last].Level.Equal(c.Level) {
			spans[last].To = Time(end)
			continue
		}
		spans = append(spans, PlannedSpan{From: Time(begin), To: Time(end), Level: c.Level, Function: c.by})
	}
	return spans
}
