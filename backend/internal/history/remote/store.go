package remote

import (
	"context"
	"errors"
	"fmt"

	"hypha/internal/history"
	"hypha/internal/measure"
)

// StoreConfig sets up a Store.
type StoreConfig struct {
	OutboxConfig
	QueryURL string // below which the engine has api/v1/query
}

// Store is a history.Store in a remote engine. Readings that were appended and are not in the engine yet are part of all
// answers. While the engine is away, appending goes on and asking fails.
type Store struct {
	*Outbox
	engine *engine
}

var _ history.Store = (*Store)(nil)

// Open opens the queue and begins to send. The engine need not be there.
func Open(cfg StoreConfig) (*Store, error) {
	if err := CheckURL(cfg.QueryURL); err != nil {
		return nil, fmt.Errorf("remote engine: %w", err)
	}
	outbox, err := OpenOutbox(cfg.OutboxConfig)
	if err != nil {
		return nil, err
	}
	ask := &querier{http: newClient(cfg.Access), base: base(cfg.QueryURL)}
	return &Store{Outbox: outbox, engine: &engine{ask: ask, instance: cfg.Instance, atOnce: pageRows}}, nil
}

// look is what a call knows when it begins: what is not settled, from before it asks the engine, so that nothing falls
// between the two.
type look struct {
	*converter
	overlay []measure.Reading // of the channel in the range
}

func (s *Store) look(ctx context.Context, id measure.ChannelID, from, to int64) (look, error) {
	c, err := newConverter(ctx, s.cfg.Source, id)
	if err != nil {
		return look{}, err
	}
	overlay, err := s.queue.overlay(ctx, id, from, to, func(u measure.Unit) (measure.Affine, error) { return c.from(id, u) })
	return look{c, overlay}, err
}

// Raw yields readings; see history.Store.
func (s *Store) Raw(ctx context.Context, id measure.ChannelID, from, to int64, limit int, yield func(measure.Reading) error) error {
	from, to = bounds(from, to)
	l, err := s.look(ctx, id, from, to)
	if err != nil {
		return fmt.Errorf("read channel %d: %w", id, err)
	}
	n := 0
	err = s.merged(ctx, id, from, to, l, func(r measure.Reading) error {
		if err := yield(r); err != nil {
			return &yieldError{err}
		}
		if n++; n == limit {
			return errEnough
		}
		return nil
	})
	return ended(err, "read channel %d", id)
}

var errEnough = errors.New("enough")

// yieldError is an error of the receiver, which is returned as it is.
type yieldError struct{ error }

func (e *yieldError) Unwrap() error { return e.error }

// ended turns how a reading call ended into what it returns.
func ended(err error, format string, args ...any) error {
	if of, ok := errors.AsType[*yieldError](err); ok {
		return of.error
	}
	if err == nil || errors.Is(err, errEnough) {
		return nil
	}
	return fmt.Errorf(format+": %w", append(args, err)...)
}

// merged yields the readings of the engine and of the overlay in [from, to).
func (s *Store) merged(ctx context.Context, id measure.ChannelID, from, to int64, l look, yield func(measure.Reading) error) error {
	waiting := within(l.overlay, from, to)
	err := s.engine.pages(ctx, s.engine.selector("", id), from, to, func(rows []row) error {
		page, err := l.readings(id, rows)
		if err != nil {
			return err
		}
		for _, r := range page {
			for len(waiting) > 0 && waiting[0].T < r.T {
				if err := yield(waiting[0]); err != nil {
					return err
				}
				waiting = waiting[1:]
			}
			if len(waiting) > 0 && waiting[0].T == r.T { // newer than what the engine has
				r, waiting = waiting[0], waiting[1:]
			}
			if err := yield(r); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	for _, r := range waiting {
		if err := yield(r); err != nil {
			return err
		}
	}
	return nil
}

// Count says how many readings there are; see history.Store.
func (s *Store) Count(ctx context.Context, id measure.ChannelID, from, to int64) (int, error) {
	from, to = bounds(from, to)
	if from >= to {
		return 0, nil
	}
	l, err := s.look(ctx, id, from, to)
	if err != nil {
		return 0, fmt.Errorf("count readings of channel %d: %w", id, err)
	}
	sum := int64(0)
	for _, p := range spans(l.overlay, from, to, 1) {
		if p.overlaid {
			err = s.merged(ctx, id, p.from, p.to, l, func(measure.Reading) error { sum++; return nil })
		} else {
			var n int64
			n, err = s.engine.total(ctx, s.engine.selector("", id), p.from, p.to)
			sum += n
		}
		if err != nil {
			return 0, fmt.Errorf("count readings of channel %d: %w", id, err)
		}
	}
	return int(sum), nil
}

// Delete says that it cannot be done.
func (s *Store) Delete(context.Context, measure.ChannelID, int64, int64) (int64, error) {
	return 0, &UnsupportedError{What: "delete readings"}
}

// DeleteChannel says that it cannot be done.
func (s *Store) DeleteChannel(context.Context, measure.ChannelID) (int64, error) {
	return 0, &UnsupportedError{What: "delete the readings of a channel"}
}

// Rescale changes nothing: the label unit says in which unit a reading was taken, and reading it converts it.
func (s *Store) Rescale(context.Context, measure.ChannelID, measure.Affine) error { return nil }

// DropBefore deletes nothing: how long an engine keeps readings is set there.
func (s *Store) DropBefore(context.Context, int64) (int64, error) { return 0, nil }

// Stats counts what was handed to the engine and what waits: an engine takes seconds to count what it has.
func (s *Store) Stats(context.Context) (history.Stats, error) {
	state := s.State()
	return history.Stats{Engine: "prometheus", Points: int64(state.Sent) + state.Queued}, nil
}
