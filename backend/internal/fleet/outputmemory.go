package fleet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"
	"time"

	"hypha/internal/output"
	"hypha/internal/settings"
)

// memory keeps what one output must know after a restart in the settings.
type memory struct {
	store   *settings.Store
	output  int64
	tallies *tallyBook
	states  *stateSaver
}

// saveWithin bounds a write of the memory: leaving the world safe at the end must not fail for want of time.
const saveWithin = 2 * time.Second

func (m memory) Save(ctx context.Context, s output.State) error {
	row, err := m.row(s)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveWithin)
	defer cancel()
	return m.states.put(ctx, row)
}

func (m memory) row(s output.State) (settings.OutputState, error) {
	level, err := json.Marshal(s.Level)
	row := settings.OutputState{
		OutputID: m.output, Index: s.Index, Command: level, Since: s.Since, EndsAt: s.EndsAt, By: s.By, LeaseUntil: s.LeaseUntil, Reason: s.Reason, OnSince: s.OnSince,
	}
	if len(s.Chain) > 0 && err == nil {
		row.Chain, err = json.Marshal(s.Chain)
	}
	if s.Resume != nil && err == nil {
		var rest settings.OutputState
		if rest, err = m.row(*s.Resume); err == nil {
			row.Resume, err = json.Marshal(rest)
		}
	}
	if err != nil {
		return row, fmt.Errorf("encode the state: %w", err)
	}
	return row, nil
}

func (m memory) Load(ctx context.Context) ([]output.State, error) {
	rows, err := m.store.OutputStates.Of(ctx, m.output)
	if err != nil {
		return nil, err
	}
	states := make([]output.State, 0, len(rows))
	for _, row := range rows {
		s, err := stateOf(row)
		if err != nil {
			return nil, fmt.Errorf("stored state of channel %d: %w", row.Index, err)
		}
		states = append(states, s)
	}
	return states, nil
}

func stateOf(row settings.OutputState) (output.State, error) {
	s := output.State{Index: row.Index, Since: row.Since, EndsAt: row.EndsAt, By: row.By, LeaseUntil: row.LeaseUntil, Reason: row.Reason, OnSince: row.OnSince}
	err := json.Unmarshal(row.Command, &s.Level)
	if present(row.Chain) {
		err = errors.Join(err, json.Unmarshal(row.Chain, &s.Chain))
	}
	if present(row.Resume) {
		var rest settings.OutputState
		if err := errors.Join(err, json.Unmarshal(row.Resume, &rest)); err != nil {
			return s, err
		}
		resume, err := stateOf(rest)
		s.Resume = &resume
		return s, err
	}
	return s, err
}

func (m memory) AddDose(ctx context.Context, d output.Dose) error {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveWithin)
	defer cancel()
	return m.store.OutputBooks.AddDose(ctx, m.output, d.Index, d.T, d.ML)
}

func (m memory) Doses(ctx context.Context, since time.Time) ([]output.Dose, error) {
	rows, err := m.store.OutputBooks.Doses(ctx, m.output, since)
	if err != nil {
		return nil, err
	}
	doses := make([]output.Dose, 0, len(rows))
	for _, row := range rows {
		doses = append(doses, output.Dose{Index: row.Index, T: time.UnixMilli(row.T), ML: row.ML})
	}
	return doses, nil
}

func (m memory) SaveTally(ctx context.Context, index int, t output.Tally, durable bool) error {
	raw, err := json.Marshal(t)
	if err != nil {
		return fmt.Errorf("encode the tally: %w", err)
	}
	row := settings.OutputTally{OutputID: m.output, Index: index, Tally: raw}
	if !durable {
		m.tallies.add(row)
		return nil
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), saveWithin)
	defer cancel()
	if err := m.store.OutputBooks.PutTallies(ctx, row); err != nil {
		return err
	}
	m.tallies.drop(row)
	return nil
}

func (m memory) Tallies(ctx context.Context) (map[int]output.Tally, error) {
	rows, err := m.store.OutputBooks.Tallies(ctx, m.output)
	if err != nil {
		return nil, err
	}
	all := map[int]output.Tally{}
	for _, row := range append(rows, m.tallies.of(m.output)...) {
		var t output.Tally
		if err := json.Unmarshal(row.Tally, &t); err != nil {
			return nil, fmt.Errorf("stored tally of channel %d: %w", row.Index, err)
		}
		all[row.Index] = t
	}
	return all, nil
}

// tallyBook gathers the tallies of all outputs, so that they are written in one commit: a card wears with each.
type tallyBook struct {
	mu      sync.Mutex
	pending map[outputChannel]settings.OutputTally
}

func (b *tallyBook) add(row settings.OutputTally) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.pending == nil {
		b.pending = map[outputChannel]settings.OutputTally{}
	}
	b.pending[outputChannel{row.OutputID, row.Index}] = row
}

func (b *tallyBook) drop(row settings.OutputTally) {
	b.mu.Lock()
	defer b.mu.Unlock()
	delete(b.pending, outputChannel{row.OutputID, row.Index})
}

func (b *tallyBook) of(output int64) (rows []settings.OutputTally) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for key, row := range b.pending {
		if key.output == output {
			rows = append(rows, row)
		}
	}
	return rows
}

// flush writes what waits. What the store does not take waits on.
func (b *tallyBook) flush(ctx context.Context, books *settings.OutputBooks) error {
	b.mu.Lock()
	rows := slices.Collect(maps.Values(b.pending))
	clear(b.pending)
	b.mu.Unlock()
	err := books.PutTallies(ctx, rows...)
	if err == nil || errors.Is(err, settings.ErrReference) && len(rows) == 1 { // its output is gone
		return nil
	}
	if errors.Is(err, settings.ErrReference) { // one of them: each by itself
		var errs []error
		for _, row := range rows {
			if err := books.PutTallies(ctx, row); err != nil && !errors.Is(err, settings.ErrReference) {
				errs = append(errs, err)
			}
		}
		return errors.Join(errs...)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	for _, row := range rows {
		key := outputChannel{row.OutputID, row.Index}
		if _, newer := b.pending[key]; !newer {
			b.pending[key] = row
		}
	}
	return err
}
