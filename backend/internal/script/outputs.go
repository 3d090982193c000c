package script

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"

	"go.starlark.net/starlark"

	"hypha/internal/output"
)

func outputBuiltins() []builtin {
	return []builtin{
		{Builtin{
			"output", "output(id, channel=0)",
			"A channel of an output, by its number or name. .level is what it does: True or False, a duty in %, a value, or None while nothing is known; .active whether it does anything (as does: if output(...)). .on(seconds=, minutes=, per_hour=), .off(), .duty(percent), .set(value) and .dose(ml) command it as set_output does.",
			`if not output("Fan"): output("Fan").on(seconds=20, per_hour=6)`,
		}, outputOf},
		{Builtin{
			"set_output", "set_output(id, on=|duty=|value=|volume_ml=, channel=0, duration_s=, lease_s=, per_hour=, priority=0)",
			"Commands an output once the script has ended. The command holds for duration_s if given, else until its lease ends; the next run renews it. A command with a duration is not given again while the last one is under way, and at most per_hour times in an hour. False when it is held back.",
			`set_output("Fan", duty=40)`,
		}, setOutput},
	}
}

// outputValue is what output() gives.
type outputValue struct {
	r       *run
	id      int64
	channel int
	o       Output
}

func outputOf(r *run, thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var which starlark.Value
	channel := 0
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "id", &which, "channel?", &channel); err != nil {
		return nil, err
	}
	v, err := r.output(which, channel)
	if err != nil {
		return nil, err
	}
	n := Read{What: "output", Line: line(thread), Name: v.o.Name}
	switch l := v.o.Level; {
	case !v.o.Known:
		n.Why = "nothing is known of it"
	case l.On != nil:
		n.Value = new(0.0)
		if *l.On {
			n.Value = new(1.0)
		}
	case l.Duty != nil:
		n.Value, n.Unit = l.Duty, "%"
	case l.VolumeML != nil:
		n.Value, n.Unit = l.VolumeML, "ml"
	default:
		n.Value = l.Value
	}
	r.note(n)
	return v, nil
}

func (r *run) output(which starlark.Value, channel int) (outputValue, error) {
	id, err := r.resolve("output", which)
	if err != nil {
		return outputValue{}, err
	}
	o, ok := r.world.Output(id, channel)
	if !ok {
		return outputValue{}, fmt.Errorf("there is no output %d with a channel %d, or it does not run", id, channel)
	}
	if called, isName := starlark.AsString(which); isName {
		o.Name = cut(called)
	}
	return outputValue{r, id, channel, o}, nil
}

func (v outputValue) String() string        { return fmt.Sprintf("output %s: %s", v.o.Name, v.o.Level) }
func (v outputValue) Type() string          { return "output" }
func (v outputValue) Freeze()               {}
func (v outputValue) Truth() starlark.Bool  { return starlark.Bool(v.o.Known && v.o.Level.Active()) }
func (v outputValue) Hash() (uint32, error) { return 0, errors.New("unhashable: output") }

// Remedy says what to compare instead.
func (v outputValue) Remedy() string {
	return "an output is more than its level: write output(...).level, or if output(...): ..."
}

// AttrNames lists what an output has.
func (v outputValue) AttrNames() []string {
	return []string{"active", "dose", "duty", "level", "name", "off", "on", "set"}
}

// Attr returns one of them.
func (v outputValue) Attr(name string) (starlark.Value, error) {
	switch name {
	case "active":
		return v.Truth(), nil
	case "name":
		return starlark.String(v.o.Name), nil
	case "level":
		return v.level(), nil
	case "on", "off", "duty", "set", "dose":
		return starlark.NewBuiltin(name, v.command), nil
	}
	return nil, nil //nolint:nilnil // this is how HasAttrs says that there is none
}

func (v outputValue) level() starlark.Value {
	l := v.o.Level
	switch {
	case !v.o.Known:
		return starlark.None
	case l.On != nil:
		return starlark.Bool(*l.On)
	case l.Duty != nil:
		return starlark.Float(*l.Duty)
	case l.VolumeML != nil:
		return starlark.Float(*l.VolumeML)
	case l.Value != nil:
		return starlark.Float(*l.Value)
	}
	return starlark.None
}

// command is .on, .off, .duty, .set and .dose.
func (v outputValue) command(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var x, seconds, minutes number
	var w wish
	list := []any{"seconds?", &seconds, "minutes?", &minutes, "per_hour?", &w.perHour, "lease_s?", &w.lease, "priority?", &w.priority}
	switch b.Name() {
	case "duty":
		list = append([]any{"percent", &x}, list...)
	case "set":
		list = append([]any{"value", &x}, list...)
	case "dose":
		list = append([]any{"ml", &x}, list...)
	}
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, list...); err != nil {
		return nil, err
	}
	switch b.Name() {
	case "on":
		w.level.On = new(true)
	case "off":
		w.level.On = new(false)
	case "duty":
		w.level.Duty = &x.v
	case "set":
		w.level.Value = &x.v
	case "dose":
		w.level.VolumeML = &x.v
	}
	if seconds.set || minutes.set {
		if err := w.duration.Unpack(starlark.Float(minutes.v*60 + seconds.v)); err != nil {
			return nil, err
		}
	}
	return v.want(thread, w)
}

// wish is a command before it is judged.
type wish struct {
	level           output.Level
	duration, lease length
	perHour         number
	priority        int
}

func setOutput(r *run, thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var which starlark.Value
	var on *bool
	var isOn starlark.Value
	var duty, value, ml number
	var w wish
	channel := 0
	if err := starlark.UnpackArgs(
		b.Name(), args, kwargs, "id", &which, "on?", &isOn, "duty?", &duty, "value?", &value, "volume_ml?", &ml, "channel?", &channel,
		"duration_s?", &w.duration, "lease_s?", &w.lease, "per_hour?", &w.perHour, "priority?", &w.priority,
	); err != nil {
		return nil, err
	}
	if isOn != nil {
		if _, ok := isOn.(starlark.Bool); !ok {
			return nil, fmt.Errorf("%s: on must be True or False, not %s", b.Name(), isOn.Type())
		}
		on = new(bool(isOn.Truth()))
	}
	v, err := r.output(which, channel)
	if err != nil {
		return nil, err
	}
	w.level = output.Level{On: on, Duty: duty.pointer(), Value: value.pointer(), VolumeML: ml.pointer()}
	return v.want(thread, w)
}

// want judges a wish and makes an action of it. The answer is False when it is held back.
func (v outputValue) want(thread *starlark.Thread, w wish) (starlark.Value, error) {
	w.level = w.level.For(v.o.Type)
	if err := w.level.Check(v.o.Type, ""); err != nil {
		return nil, fmt.Errorf("%s: %w", v.o.Name, err)
	}
	if w.duration.set && w.duration.d < time.Millisecond {
		return nil, errors.New("the duration must be longer than 0 s")
	}
	if w.priority < -100 || w.priority > 100 {
		return nil, errors.New("the priority must be -100 to 100")
	}
	a := Action{
		What: "set_output", Line: line(thread), Output: v.id, Channel: v.channel, Level: &w.level,
		DurationS: w.duration.d.Seconds(), LeaseS: w.lease.d.Seconds(), Priority: w.priority,
		Text: fmt.Sprintf("%s: %s", v.o.Name, w.level),
	}
	if w.duration.set {
		a.Text += fmt.Sprintf(" for %v", w.duration.d)
	}
	if err := v.limit(&a, w); err != nil {
		return nil, err
	}
	return starlark.Bool(a.Held == ""), v.r.want(a)
}

// limit holds a command back that is under way already, or was given often enough in the last hour.
func (v outputValue) limit(a *Action, w wish) error {
	if w.perHour.set && (w.perHour.v < 1 || w.perHour.v > 3600) {
		return errors.New("per_hour must be 1 to 3600")
	}
	key := strconv.FormatInt(v.id, 10) + "/" + strconv.Itoa(v.channel)
	times, now := v.r.out.State.Times, v.r.world.Now()
	if w.duration.set && w.level.Active() {
		if ends := times[key+" until"]; len(ends) == 1 && ends[0] > now.UnixMilli() && v.Truth() {
			a.Held = fmt.Sprintf("it is under way until %s", time.UnixMilli(ends[0]).In(now.Location()).Format(time.TimeOnly))
			return nil
		}
	}
	if w.perHour.set && w.level.Active() {
		hour := slices.DeleteFunc(slices.Clone(times[key]), func(t int64) bool { return t > now.UnixMilli() }) // the clock was set back
		if float64(len(hour)) >= w.perHour.v {
			a.Held = fmt.Sprintf("it was done %d times in the last hour", len(hour))
			return nil
		}
		times[key] = append(hour, now.UnixMilli())
	}
	if w.duration.set && w.level.Active() {
		times[key+" until"] = []int64{now.Add(w.duration.d).UnixMilli()}
	}
	return nil
}
