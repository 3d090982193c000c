package script

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"go.starlark.net/starlark"
)

func orderBuiltins() []builtin {
	return []builtin{
		{Builtin{"setpoint", "setpoint(function, value)", "Gives a PID or another function that has one its set-point.", `setpoint("Heating", 22.5)`}, setpoint},
		{Builtin{"adjust", "adjust(function, **changes)", "Changes what can be changed of a running function: hold, pause, manual, kp, ki, kd of a PID.", `adjust("Heating", pause=True)`}, adjust},
		{Builtin{"enable", "enable(ref)", "Enables a function by its name, or \"function/2\", \"input/3\", \"output/4\".", `enable("Night watering")`}, enable},
		{Builtin{"disable", "disable(ref)", "Disables it; what it drives falls down its ladder.", `disable("input/3")`}, enable},
		{Builtin{
			"notify", "notify(text, severity=\"info\", repeat=None, key=None)",
			"Tells people: severity is info, warning or critical. It is told once as long as each run asks for it again, or every so long when repeat is given; key tells that two texts mean the same.",
			`notify("Refill the tank", severity="warning", repeat="6h")`,
		}, notify},
		{Builtin{"note", "note(text, tags=[])", "Writes a note at this moment, once as long as each run asks for it again.", `note("The tank was empty", tags=["water"])`}, note},
		{Builtin{"log", "log(...)", "Writes a line that is shown with the function: the last 50 are kept. print does the same.", `log("humidity is", value("Tent/humidity"))`}, logLine},
		{Builtin{"result", "result(channel, value)", "Gives one of the function's own channels a value, by its index (from 0) or name.", `result("vpd", 0.9)`}, result},
	}
}

func setpoint(r *run, thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var which starlark.Value
	var v number
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "function", &which, "value", &v); err != nil {
		return nil, err
	}
	id, err := r.resolve("function", which)
	if err != nil {
		return nil, err
	}
	return starlark.None, r.want(Action{
		What: "set_point", Line: line(thread), Ref: fmt.Sprintf("function/%d", id), Args: map[string]any{"value": v.v},
		Text: fmt.Sprintf("set-point of function %d: %g", id, v.v),
	})
}

func adjust(r *run, thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var which starlark.Value
	if err := starlark.UnpackPositionalArgs(b.Name(), args, nil, 1, &which); err != nil {
		return nil, err
	}
	id, err := r.resolve("function", which)
	if err != nil {
		return nil, err
	}
	if len(kwargs) == 0 {
		return nil, errors.New("adjust: name what to change, for example pause=True")
	}
	changes := map[string]any{}
	for _, pair := range kwargs {
		name, _ := starlark.AsString(pair[0])
		switch v := pair[1].(type) {
		case starlark.Bool:
			changes[name] = bool(v)
		case starlark.String:
			changes[name] = string(v)
		case starlark.NoneType:
			changes[name] = nil
		default:
			var n number
			if err := n.Unpack(v); err != nil {
				return nil, fmt.Errorf("adjust: %s: %w", name, err)
			}
			changes[name] = n.v
		}
	}
	return starlark.None, r.want(Action{
		What: "adjust", Line: line(thread), Ref: fmt.Sprintf("function/%d", id), Args: changes, Text: fmt.Sprintf("change of function %d: %v", id, changes),
	})
}

func enable(r *run, thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var ref string
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "ref", &ref); err != nil {
		return nil, err
	}
	full, err := r.reference(ref)
	if err != nil {
		return nil, err
	}
	return starlark.None, r.want(Action{What: b.Name(), Line: line(thread), Ref: full, Text: b.Name() + " " + full})
}

func notify(r *run, thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	severity := "info"
	var text, key string
	var repeat length
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "text", &text, "severity?", &severity, "repeat?", &repeat, "key?", &key); err != nil {
		return nil, err
	}
	if levels := []string{"info", "warning", "critical"}; !slices.Contains(levels, severity) {
		return nil, fmt.Errorf("notify: severity must be %s", strings.Join(levels, ", "))
	}
	if key == "" {
		key = severity + ": " + text
	}
	a := Action{What: "notify", Line: line(thread), Args: map[string]any{"text": cut(text), "severity": severity}, Text: severity + ": " + cut(text)}
	r.once(&a, "notify "+cut(key), repeat)
	return starlark.None, r.want(a)
}

func note(r *run, thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var text string
	var tags *starlark.List
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "text", &text, "tags?", &tags); err != nil {
		return nil, err
	}
	list := []string{}
	if tags != nil {
		for v := range starlark.Elements(tags) {
			tag, ok := starlark.AsString(v)
			if !ok || len(list) == 20 || len(tag) > 100 {
				return nil, errors.New("note: tags must be at most 20 short texts")
			}
			list = append(list, tag)
		}
	}
	a := Action{What: "note", Line: line(thread), Args: map[string]any{"text": cut(text), "tags": list}, Text: "note: " + cut(text)}
	r.once(&a, "note "+cut(text), length{})
	return starlark.None, r.want(a)
}

// once holds an action back that the last run asked for as well, unless it is to be repeated.
func (r *run) once(a *Action, key string, repeat length) {
	now := r.world.Now().UnixMilli()
	last, told := r.in.State.Told[key]
	if again, ok := r.told[key]; ok {
		last, told = again, true
	}
	if told && last > now { // the clock was set back
		last = now
	}
	if told && (!repeat.set || now-last < repeat.d.Milliseconds()) {
		a.Held = "it was told already, at " + time.UnixMilli(last).In(r.world.Now().Location()).Format(time.DateTime)
		r.told[key] = last
		return
	}
	r.told[key] = now
}

func logLine(r *run, thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	if len(kwargs) > 0 {
		return nil, fmt.Errorf("%s: takes no named arguments", b.Name())
	}
	words := make([]string, len(args))
	for n, v := range args {
		s, ok := starlark.AsString(v)
		if !ok {
			s = v.String()
		}
		words[n] = s
	}
	r.log(thread, strings.Join(words, " "))
	return starlark.None, nil
}

func result(r *run, _ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var which starlark.Value
	var v number
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "channel", &which, "value", &v); err != nil {
		return nil, err
	}
	names := r.in.Results
	index := -1
	switch which := which.(type) {
	case starlark.String:
		index = slices.Index(names, string(which))
	case starlark.Int:
		if n, ok := which.Int64(); ok && n < int64(len(names)) {
			index = int(n)
		}
	}
	switch {
	case len(names) == 0:
		return nil, errors.New("result: the function has no channels of its own: declare them in its options")
	case index < 0:
		return nil, fmt.Errorf("result: there is no such channel: they are %s, from index 0", strings.Join(names, ", "))
	case len(r.out.Values) == maxResults:
		return nil, fmt.Errorf("result: more than %d values in one run", maxResults)
	}
	r.out.Values = append(r.out.Values, Value{index, v.v})
	return starlark.None, nil
}
