package settings

import (
	"context"
	"encoding/json"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"hypha/internal/sqlite"
)

// OutputDose is what a volume channel was told to dispense within a minute.
type OutputDose struct {
	OutputID int64   `gorm:"primaryKey;autoIncrement:false"`
	Index    int     `gorm:"column:idx;primaryKey;autoIncrement:false"`
	Minute   int64   `gorm:"primaryKey;autoIncrement:false"` // since the epoch
	T        int64   // ms since the epoch, of the last of them
	ML       float64 `gorm:"column:ml"`
}

// OutputTally is what an output channel has run and learned. The JSON belongs to package output.
type OutputTally struct {
	OutputID int64           `gorm:"primaryKey;autoIncrement:false"`
	Index    int             `gorm:"column:idx;primaryKey;autoIncrement:false"`
	Tally    json.RawMessage `gorm:"serializer:json"`
}

// TableName is for GORM.
func (OutputTally) TableName() string { return "output_tallies" }

// OutputBooks is the repository of what outputs count.
type OutputBooks struct{ db *sqlite.DB }

// AddDose counts a dose. When it returns nil the dose survives a power cut: only then may it be given.
func (r *OutputBooks) AddDose(ctx context.Context, output int64, index int, t time.Time, ml float64) error {
	row := OutputDose{OutputID: output, Index: index, Minute: t.Unix() / 60, T: t.UnixMilli(), ML: ml}
	sum := clause.OnConflict{
		Columns:   []clause.Column{{Name: "output_id"}, {Name: "idx"}, {Name: "minute"}},
		DoUpdates: clause.Assignments(map[string]any{"ml": gorm.Expr("ml + excluded.ml"), "t": gorm.Expr("max(t, excluded.t)")}),
	}
	return sqlite.Translate(r.db.Write.WithContext(ctx).Clauses(sum).Create(&row).Error, "dose of output %d", output)
}

// Doses returns what an output was told to dispense since a time, oldest first.
func (r *OutputBooks) Doses(ctx context.Context, output int64, since time.Time) ([]OutputDose, error) {
	rows := []OutputDose{}
	err := r.db.Read.WithContext(ctx).Where("output_id = ? AND t >= ?", output, since.UnixMilli()).Order("t, idx").Find(&rows).Error
	return rows, sqlite.Translate(err, "doses of output %d", output)
}

// PruneDoses deletes what is not from between two times: doses of long ago, and of a future that a wrong clock has seen.
func (r *OutputBooks) PruneDoses(ctx context.Context, from, to time.Time) error {
	err := r.db.Write.WithContext(ctx).Where("t < ? OR t > ?", from.UnixMilli(), to.UnixMilli()).Delete(&OutputDose{}).Error
	return sqlite.Translate(err, "prune doses")
}

// PutTallies stores tallies in one commit, each in the place of the one before.
func (r *OutputBooks) PutTallies(ctx context.Context, tallies ...OutputTally) error {
	if len(tallies) == 0 {
		return nil
	}
	err := r.db.Write.WithContext(ctx).Clauses(clause.OnConflict{UpdateAll: true}).CreateInBatches(tallies, 100).Error
	return sqlite.Translate(err, "tally of output %d", tallies[0].OutputID)
}

// Tallies returns the tallies of an output, by index.
func (r *OutputBooks) Tallies(ctx context.Context, output int64) ([]OutputTally, error) {
	rows := []OutputTally{}
	err := r.db.Read.WithContext(ctx).Where("output_id = ?", output).Order("idx").Find(&rows).Error
	return rows, sqlite.Translate(err, "tallies of output %d", output)
}
