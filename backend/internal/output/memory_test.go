package output

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"
)

func (r *rig) AddDose(_ context.Context, d Dose) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.saving != nil {
		return r.saving
	}
	r.diary = append(r.diary, fmt.Sprintf("dose %d %g ml", d.Index, d.ML))
	d.T = d.T.Round(0) // as a store keeps it
	r.doses = append(r.doses, d)
	return nil
}

func (r *rig) Doses(_ context.Context, since time.Time) ([]Dose, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.DeleteFunc(slices.Clone(r.doses), func(d Dose) bool { return d.T.Before(since) }), r.loading
}

func (r *rig) SaveTally(_ context.Context, index int, t Tally, durable bool) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	if durable && r.saving != nil {
		return r.saving
	}
	r.tallied++
	r.tallies[index] = t
	return nil
}

func (r *rig) Tallies(context.Context) (map[int]Tally, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return maps.Clone(r.tallies), r.loading
}
