package fleet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"hypha/internal/output"
	"hypha/internal/settings"
)

// memory keeps what one output must know after a restart in the settings.
type memory struct {
	store  *settings.Store
	output int64
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
	return m.store.OutputStates.Put(ctx, row)
}

func (m memory) row(s output.State) (settings.OutputState, error) {
	level, err := json.Marshal(s.Level)
	row := settings.OutputState{
		OutputID: m.output, Index: s.Index, Command: level, Since: s.Since, EndsAt: s.EndsAt, By: s.By, LeaseUntil: s.LeaseUntil, Reason: s.Reason,
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
	s := output.State{Index: row.Index, Since: row.Since, EndsAt: row.EndsAt, By: row.By, LeaseUntil: row.LeaseUntil, Reason: row.Reason}
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
