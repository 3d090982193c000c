package script

import (
	"fmt"
	"time"

	"go.starlark.net/starlark"
)

func clockBuiltins() []builtin {
	return []builtin{
		{Builtin{"now", "now()", "The time of the run in seconds since 1970 (UTC), for differences.", `if now() - state.get("last", 0) > 3600: state["last"] = now()`}, noArgs(func(r *run) (starlark.Value, error) {
			return starlark.Float(float64(r.world.Now().UnixMilli()) / 1000), nil
		})},
		{Builtin{"time_of_day", "time_of_day()", `The local time as "HH:MM", which can be compared with others.`, `day = "06:00" <= time_of_day() and time_of_day() < "22:00"`}, noArgs(func(r *run) (starlark.Value, error) {
			return starlark.String(r.world.Now().Format("15:04")), nil
		})},
		{Builtin{"weekday", "weekday()", "The local day of the week: 0 is Monday, 6 is Sunday.", `weekend = weekday() >= 5`}, noArgs(func(r *run) (starlark.Value, error) {
			return starlark.MakeInt((int(r.world.Now().Weekday()) + 6) % 7), nil
		})},
		{Builtin{"sunrise", "sunrise()", `The local time of today's sunrise as "HH:MM"; None on days without. An error when the place is not configured.`, `morning = time_of_day() == sunrise()`}, sunTime(func(s Sun) time.Time { return s.Rise })},
		{Builtin{"sunset", "sunset()", `The local time of today's sunset as "HH:MM"; None on days without.`, `log("the sun sets at", sunset())`}, sunTime(func(s Sun) time.Time { return s.Set })},
		{Builtin{"is_day", "is_day()", "Whether the sun is above the horizon now.", `if not is_day(): set_output("Lamp", on=False)`}, noArgs(func(r *run) (starlark.Value, error) {
			s, err := r.sun()
			return starlark.Bool(s.Up), err
		})},
	}
}

func noArgs(f func(*run) (starlark.Value, error)) body {
	return func(r *run, _ *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
		if err := starlark.UnpackArgs(b.Name(), args, kwargs); err != nil {
			return nil, err
		}
		return f(r)
	}
}

func (r *run) sun() (Sun, error) {
	s, err := r.world.Sun(r.world.Now())
	if err != nil {
		return Sun{}, fmt.Errorf("the sun's times are not known: %w", err)
	}
	return s, nil
}

func sunTime(pick func(Sun) time.Time) body {
	return noArgs(func(r *run) (starlark.Value, error) {
		s, err := r.sun()
		if err != nil {
			return nil, err
		}
		t := pick(s)
		if t.IsZero() {
			return starlark.None, nil
		}
		return starlark.String(t.In(r.world.Now().Location()).Format("15:04")), nil
	})
}
