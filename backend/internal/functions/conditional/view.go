package conditional

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hypha/internal/function"
	"hypha/internal/measure"
	"hypha/internal/script"
	"hypha/internal/sun"
)

// Historian is an Env that also knows what was measured at a time in the past.
type Historian interface {
	// ReadingAt is the newest reading of a channel at a time, if it is no older than within.
	ReadingAt(ctx context.Context, id measure.ChannelID, at time.Time, within time.Duration) (function.Measurement, error)
	// AggregateAt sums up the usable readings of the time that ends at a moment.
	AggregateAt(ctx context.Context, id measure.ChannelID, at time.Time, over time.Duration) (function.Aggregate, error)
}

// view is the world as a script sees it at one moment.
type view struct {
	env  function.Env
	past Historian // nil: the moment is now
	now  time.Time
	book *book
}

// book remembers what names and numbers stand for, so that a script that runs each second does not ask the settings each time.
type book struct {
	until    time.Time // then everything is looked up anew
	found    map[string]int64
	channels map[measure.ChannelID]function.Channel
}

// lookAgain is how long a changed name may go unnoticed.
const lookAgain = 30 * time.Second

func (b *book) turn(now time.Time) {
	if b.found == nil || !now.Before(b.until) || b.until.Sub(now) > lookAgain {
		*b = book{until: now.Add(lookAgain), found: map[string]int64{}, channels: map[measure.ChannelID]function.Channel{}}
	}
}

func newView(env function.Env, now time.Time, b *book) view {
	place, _ := env.Place()
	if place.Zone != nil {
		now = now.In(place.Zone)
	}
	b.turn(now)
	return view{env: env, now: now, book: b}
}

// Now is the moment.
func (v view) Now() time.Time { return v.now }

// Find returns the number of what is called by a name.
func (v view) Find(what, name string) (int64, bool) {
	key := what + "/" + name
	if id, ok := v.book.found[key]; ok {
		return id, true
	}
	id, ok := v.env.Find(what, name)
	if ok {
		v.book.found[key] = id
	}
	return id, ok
}

// Channel is the value of a channel at the moment.
func (v view) Channel(ctx context.Context, id int64) (script.Reading, error) {
	ch, known := v.book.channels[measure.ChannelID(id)]
	if !known {
		var ok bool
		if ch, ok = v.env.Lookup().ChannelOf(measure.ChannelID(id)); !ok {
			return script.Reading{}, fmt.Errorf("there is no channel %d", id)
		}
		v.book.channels[measure.ChannelID(id)] = ch
	}
	m := v.env.Latest(measure.ChannelID(id))
	if v.past != nil {
		var err error
		if m, err = v.was(ctx, measure.ChannelID(id), ch.Expected); err != nil {
			return script.Reading{}, err
		}
	}
	return script.Reading{
		Name: ch.Name, Unit: string(ch.Unit), Value: m.V, At: m.T, Age: m.Age, Quality: m.Q.String(), Has: m.Has, Usable: m.Usable(0),
	}, nil
}

// longSilence is how far back the reading of a channel that may be silent for ever is looked for.
const longSilence = 7 * 24 * time.Hour

// was is what a channel had in the past; beyond its expected interval it was stale.
func (v view) was(ctx context.Context, id measure.ChannelID, expected time.Duration) (function.Measurement, error) {
	if expected == 0 {
		expected = longSilence
	}
	m, err := v.past.ReadingAt(ctx, id, v.now, max(expected, longSilence/7))
	if err != nil {
		return m, fmt.Errorf("what was measured at %s cannot be read: %w", v.now.Format(time.DateTime), err)
	}
	if m.Has && m.Age > expected {
		m.Q = measure.Stale
	}
	return m, nil
}

// Past sums up what came before the moment.
func (v view) Past(ctx context.Context, id int64, over time.Duration) (script.Past, error) {
	var a function.Aggregate
	var err error
	if v.past != nil {
		a, err = v.past.AggregateAt(ctx, measure.ChannelID(id), v.now, over)
	} else {
		a, err = v.env.Aggregate(ctx, measure.ChannelID(id), over)
	}
	return script.Past{Count: a.Count, Mean: a.Mean, Sum: a.Sum, Min: a.Min, Max: a.Max}, err
}

// Output is what a channel of an output does.
func (v view) Output(id int64, channel int) (script.Output, bool) {
	t := function.Target{Output: id, Channel: channel}
	o := script.Output{Name: fmt.Sprintf("output %d", id), Type: v.env.TypeOf(t)}
	o.Level, o.Known = v.env.Actual(t)
	return o, o.Type != ""
}

// Sun is that of the day.
func (v view) Sun(t time.Time) (script.Sun, error) {
	where, ok := v.env.Place()
	if !ok {
		return script.Sun{}, errors.New("latitude and longitude are not configured")
	}
	p := sun.Place{Latitude: where.Latitude, Longitude: where.Longitude}
	day := sun.DayOf(t, p)
	return script.Sun{Rise: day.Event(sun.Sunrise).At, Set: day.Event(sun.Sunset).At, Up: sun.IsUp(t, p)}, nil
}
