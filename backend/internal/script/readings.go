package script

import (
	"errors"
	"fmt"
	"time"

	"go.starlark.net/starlark"
)

func readingBuiltins() []builtin {
	list := []builtin{
		{Builtin{
			"value", "value(channel, max_age=None)",
			"The live value of a channel, or None when there is none to act on: absent, silent, of bad quality, or older than max_age. A channel is a number, its name, or \"Input/channel\".",
			`if value("Tent/humidity", max_age="2m") != None: log("it is there")`,
		}, value},
		{Builtin{
			"reading", "reading(channel, max_age=None)",
			"The same with all that is known of it: .value, .usable, .age (s), .at (s since 1970), .quality, .name, .unit, and .under(limit, minutes=, seconds=) and .over(...), which are true when the value is beyond the limit now and was so the whole time; False when there is no usable reading.",
			`if reading("Vivarium/humidity").under(75, minutes=3): log("dry")`,
		}, readingOf},
	}
	for _, f := range []struct{ name, doc string }{
		{"mean", "The mean of the usable readings of the last so many seconds (or \"10m\"), each reading counting the same; None when there is none."},
		{"minimum", "The smallest usable reading of the last so many seconds; None when there is none."},
		{"maximum", "The largest usable reading of the last so many seconds; None when there is none."},
		{"sum", "The sum of the usable readings of the last so many seconds; None when there is none."},
		{"count", "How many usable readings there were in the last so many seconds; 0 when there was none."},
	} {
		list = append(list, builtin{Builtin{f.name, f.name + "(channel, seconds)", f.doc, `log(` + f.name + `("Tent/temperature", "10m"))`}, past})
	}
	return append(list, builtin{Builtin{
		"age", "age(channel)", "Seconds since the newest reading of a channel, whatever its quality; None when there is none.",
		`if age("Tent/temperature") == None: log("it has never answered")`,
	}, age})
}

// channel reads the live value of a channel that a script names.
func (r *run) channel(v starlark.Value) (id int64, got Reading, err error) {
	if id, err = r.resolve("channel", v); err != nil {
		return 0, Reading{}, err
	}
	if got, err = r.world.Channel(r.ctx, id); err != nil {
		return 0, Reading{}, err
	}
	if got.Has && !finite(got.Value) {
		got.Usable = false
	}
	return id, got, nil
}

// unusable says why a reading must not be acted on; "" when it may.
func (r Reading) unusable(maxAge length) string {
	switch {
	case !r.Has:
		return "it has no reading yet"
	case !r.Usable:
		return "its reading is " + r.Quality
	case maxAge.set && r.Age > maxAge.d:
		return fmt.Sprintf("its reading is %v old", r.Age.Round(time.Second))
	}
	return ""
}

// read notes a live value, and is nil when it must not be acted on.
func (r *run) read(thread *starlark.Thread, what string, id int64, got Reading, maxAge length) *float64 {
	n := Read{What: what, Line: line(thread), Channel: id, Name: got.Name, Unit: got.Unit, Why: got.unusable(maxAge)}
	if got.Has {
		n.At, n.Quality = got.At.UnixMilli(), got.Quality
	}
	if n.Why == "" {
		n.Value = &got.Value
	}
	r.note(n)
	return n.Value
}

func orNone(v *float64) starlark.Value {
	if v == nil {
		return starlark.None
	}
	return starlark.Float(*v)
}

func value(r *run, thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var which starlark.Value
	var maxAge length
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "channel", &which, "max_age?", &maxAge); err != nil {
		return nil, err
	}
	id, got, err := r.channel(which)
	if err != nil {
		return nil, err
	}
	return orNone(r.read(thread, "value", id, got, maxAge)), nil
}

func age(r *run, thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var which starlark.Value
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "channel", &which); err != nil {
		return nil, err
	}
	id, got, err := r.channel(which)
	if err != nil {
		return nil, err
	}
	n := Read{What: "age", Line: line(thread), Channel: id, Name: got.Name, Unit: "s"}
	if got.Has {
		n.Value = new(got.Age.Seconds())
	} else {
		n.Why = "it has no reading yet"
	}
	r.note(n)
	return orNone(n.Value), nil
}

func past(r *run, thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var which starlark.Value
	var over length
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "channel", &which, "seconds", &over); err != nil {
		return nil, err
	}
	if over.d <= 0 {
		return nil, fmt.Errorf("%s: the time must be longer than 0 s", b.Name())
	}
	id, got, err := r.channel(which)
	if err != nil {
		return nil, err
	}
	p, err := r.past(id, got, over.d)
	if err != nil {
		return nil, err
	}
	n := Read{What: b.Name(), Line: line(thread), Channel: id, Name: got.Name, Unit: got.Unit, OverS: over.d.Seconds()}
	result := func() starlark.Value {
		switch {
		case b.Name() == "count":
			n.Value, n.Unit = new(float64(p.Count)), ""
			return starlark.MakeInt64(p.Count)
		case p.Count == 0:
			n.Why = "it has no usable reading in that time"
			return starlark.None
		}
		v := map[string]float64{"mean": p.Mean, "minimum": p.Min, "maximum": p.Max, "sum": p.Sum}[b.Name()]
		n.Value = &v
		return starlark.Float(v)
	}()
	if n.Value != nil && !finite(*n.Value) {
		return nil, fmt.Errorf("%s of %s is no finite number", b.Name(), got.Name)
	}
	r.note(n)
	return result, nil
}

func (r *run) past(id int64, got Reading, over time.Duration) (Past, error) {
	p, err := r.world.Past(r.ctx, id, over)
	if err != nil {
		return Past{}, fmt.Errorf("the past of %s cannot be read: %w", got.Name, err)
	}
	return p, nil
}

// readingValue is what reading() gives.
type readingValue struct {
	r   *run
	id  int64
	got Reading
	v   *float64
}

func readingOf(r *run, thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var which starlark.Value
	var maxAge length
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "channel", &which, "max_age?", &maxAge); err != nil {
		return nil, err
	}
	id, got, err := r.channel(which)
	if err != nil {
		return nil, err
	}
	return readingValue{r, id, got, r.read(thread, "value", id, got, maxAge)}, nil
}

func (v readingValue) String() string {
	if v.v == nil {
		return v.got.Name + ": none"
	}
	return fmt.Sprintf("%s: %g %s", v.got.Name, *v.v, v.got.Unit)
}
func (v readingValue) Type() string          { return "reading" }
func (v readingValue) Freeze()               {}
func (v readingValue) Truth() starlark.Bool  { return v.v != nil }
func (v readingValue) Hash() (uint32, error) { return 0, errors.New("unhashable: reading") }

// Remedy says what to compare instead.
func (v readingValue) Remedy() string {
	return "a reading is more than a number: write reading(...).value, or value(...)"
}

// AttrNames lists what a reading has.
func (v readingValue) AttrNames() []string {
	return []string{"age", "at", "name", "over", "quality", "unit", "under", "usable", "value"}
}

// Attr returns one of them.
func (v readingValue) Attr(name string) (starlark.Value, error) {
	switch name {
	case "value":
		return orNone(v.v), nil
	case "usable":
		return starlark.Bool(v.v != nil), nil
	case "name":
		return starlark.String(v.got.Name), nil
	case "unit":
		return starlark.String(v.got.Unit), nil
	case "under", "over":
		return starlark.NewBuiltin(name, v.beyond), nil
	}
	if !v.got.Has {
		switch name {
		case "age", "at", "quality":
			return starlark.None, nil
		}
		return nil, nil //nolint:nilnil // this is how HasAttrs says that there is none
	}
	switch name {
	case "age":
		return starlark.Float(v.got.Age.Seconds()), nil
	case "at":
		return starlark.Float(float64(v.got.At.UnixMilli()) / 1000), nil
	case "quality":
		return starlark.String(v.got.Quality), nil
	}
	return nil, nil //nolint:nilnil // likewise
}

// beyond is .under and .over. That a value was beyond the limit the whole time needs every usable reading of that time to
// be so, and one from before it: else the channel may just have begun.
func (v readingValue) beyond(thread *starlark.Thread, b *starlark.Builtin, args starlark.Tuple, kwargs []starlark.Tuple) (starlark.Value, error) {
	var limit, minutes, seconds number
	if err := starlark.UnpackArgs(b.Name(), args, kwargs, "limit", &limit, "minutes?", &minutes, "seconds?", &seconds); err != nil {
		return nil, err
	}
	is := func(x float64) bool {
		if b.Name() == "under" {
			return x < limit.v
		}
		return x > limit.v
	}
	s := minutes.v*60 + seconds.v
	if s < 0 || s > maxLength.Seconds()/2 {
		return nil, fmt.Errorf("%s: the time must be 0 to 183 days", b.Name())
	}
	if v.v == nil || !is(*v.v) {
		return starlark.False, nil
	}
	over := time.Duration(s * float64(time.Second))
	if over == 0 || v.got.Age >= over {
		return starlark.True, nil
	}
	within, err := v.r.past(v.id, v.got, over)
	if err != nil {
		return nil, err
	}
	before, err := v.r.past(v.id, v.got, 2*over)
	if err != nil {
		return nil, err
	}
	worst := within.Max
	if b.Name() == "over" {
		worst = within.Min
	}
	n := Read{What: b.Name(), Line: line(thread), Channel: v.id, Name: v.got.Name, Unit: v.got.Unit, OverS: s}
	if within.Count > 0 {
		n.Value = &worst
	}
	ok := within.Count > 0 && is(worst) && before.Count > within.Count
	if before.Count <= within.Count {
		n.Why = "it has no reading from before that time"
	}
	v.r.note(n)
	return starlark.Bool(ok), nil
}
