package settings

import (
	"context"

	"gorm.io/gorm/clause"

	"hypha/internal/sqlite"
)

// OutputStates is the repository of what output channels were last told.
type OutputStates struct{ db *sqlite.DB }

// Put stores states in one commit, each in the place of the one before. When it returns nil they survive a power cut:
// only then may the commands go out. ErrReference when an output is gone.
func (r *OutputStates) Put(ctx context.Context, states ...OutputState) error {
	if len(states) == 0 {
		return nil
	}
	err := r.db.Write.WithContext(ctx).Clauses(clause.OnConflict{UpdateAll: true}).CreateInBatches(states, 100).Error
	return sqlite.Translate(err, "state of output %d", states[0].OutputID)
}

// List returns all states, by output and index.
func (r *OutputStates) List(ctx context.Context) ([]OutputState, error) {
	all := []OutputState{}
	err := r.db.Read.WithContext(ctx).Order("output_id, idx").Find(&all).Error
	return all, sqlite.Translate(err, "list states of outputs")
}

// Of returns the states of an output, by index.
func (r *OutputStates) Of(ctx context.Context, output int64) ([]OutputState, error) {
	all := []OutputState{}
	err := r.db.Read.WithContext(ctx).Where("output_id = ?", output).Order("idx").Find(&all).Error
	return all, sqlite.Translate(err, "states of output %d", output)
}

// Delete forgets the states of an output.
func (r *OutputStates) Delete(ctx context.Context, output int64) error {
	err := r.db.Write.WithContext(ctx).Where("output_id = ?", output).Delete(&OutputState{}).Error
	return sqlite.Translate(err, "states of output %d", output)
}
