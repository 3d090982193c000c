package fleet

import (
	"context"
	"fmt"
	"strings"
	"time"

	"hypha/internal/function"
	"hypha/internal/history"
	"hypha/internal/measure"
	"hypha/internal/settings"
)

// Imagined is the world as a function would see it that is not stored: for dry runs, which do nothing to it.
func (f *Fleet) Imagined() function.Env {
	w := &working{}
	w.row.Store(&settings.Function{Item: settings.Item{Name: "dry run"}})
	return &env{fleet: f, function: w}
}

// settled is how long ago a time must be for everything of it to be in the store.
const settled = time.Minute

// flushed sees that the store has what was read until a time.
func (e *env) flushed(ctx context.Context, at time.Time) error {
	if time.Since(at) > settled {
		return nil
	}
	if err := e.fleet.cfg.Writer.Flush(ctx); err != nil {
		return fmt.Errorf("the newest readings cannot be read: %w", err)
	}
	return nil
}

// ReadingAt is the newest reading of a channel at a time, if it is no older than within.
func (e *env) ReadingAt(ctx context.Context, id measure.ChannelID, at time.Time, within time.Duration) (m function.Measurement, err error) {
	ctx, cancel := context.WithTimeout(ctx, aggregateWithin)
	defer cancel()
	if err := e.flushed(ctx, at); err != nil {
		return m, err
	}
	last, err := e.fleet.cfg.History.Latest(ctx, []measure.ChannelID{id}, at.UnixMilli()+1)
	if err != nil || len(last) == 0 || last[0].T < at.Add(-within).UnixMilli() {
		return m, err
	}
	t := time.UnixMilli(last[0].T)
	return function.Measurement{V: last[0].V, T: t, Age: at.Sub(t), Q: last[0].Q, Has: true}, nil
}

// AggregateAt sums up the usable readings of the time that ends at a moment.
func (e *env) AggregateAt(ctx context.Context, id measure.ChannelID, at time.Time, over time.Duration) (function.Aggregate, error) {
	ctx, cancel := context.WithTimeout(ctx, aggregateWithin)
	defer cancel()
	if err := e.flushed(ctx, at); err != nil {
		return function.Aggregate{}, err
	}
	a, err := history.AggregateOf(ctx, e.fleet.cfg.History, id, at.Add(-over).UnixMilli(), at.UnixMilli()+1)
	if err != nil {
		return function.Aggregate{}, err
	}
	return function.Aggregate{Count: a.Count, Mean: a.Mean, Sum: a.Sum, Min: a.Min, Max: a.Max}, nil
}

// noteOrder is a note that a function writes: its first line, and the rest as text.
func (f *Fleet) noteOrder(ctx context.Context, by string, o function.Order) error {
	said, _ := o.Args["text"].(string)
	d := NoteDraft{Refs: []string{by}}
	d.Note, d.Text, _ = strings.Cut(strings.TrimSpace(said), "\n")
	if line := []rune(d.Note); len(line) > maxNote {
		d.Note, d.Text = string(line[:maxNote-1])+"…", said
	}
	d.Tags, _ = o.Args["tags"].([]string)
	_, err := f.CreateNote(ctx, d, by)
	return err
}
