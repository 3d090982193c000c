package settings

import (
	"context"
	"encoding/json"
	"time"

	"hypha/internal/measure"
	"hypha/internal/sqlite"
)

// Calibration is what a device said in reference solutions, and what was made of it. The JSON belongs to packages calibrate
// and refine.
type Calibration struct {
	ID         int64 `gorm:"primaryKey"`
	ChannelID  measure.ChannelID
	T          int64 // ms since the epoch
	Author     string
	Method     string
	Points     json.RawMessage `gorm:"serializer:json"`
	Result     json.RawMessage `gorm:"serializer:json"`
	Previous   json.RawMessage `gorm:"serializer:json"` // the correction before it; nil = none
	Note       string
	DueAt      *int64 // ms: when the next one is due; nil = never
	RemindedAt *int64 // ms: when that was told; nil = not yet
	UndoneAt   *int64 // ms: when the one before it was put back; nil = it holds, or another came after it
}

// Calibrations is the repository of calibrations.
type Calibrations struct{ db *sqlite.DB }

// Add stores a calibration and gives it its number.
func (r *Calibrations) Add(ctx context.Context, c *Calibration) error {
	return sqlite.Translate(r.db.Write.WithContext(ctx).Create(c).Error, "calibration of channel %d", c.ChannelID)
}

// Of returns the calibrations of a channel, newest first, and how many there are without limit and offset.
func (r *Calibrations) Of(ctx context.Context, channel measure.ChannelID, limit, offset int) (items []Calibration, total int64, err error) {
	where := r.db.Read.WithContext(ctx).Model(&Calibration{}).Where("channel_id = ?", channel)
	if err := where.Count(&total).Error; err != nil {
		return nil, 0, sqlite.Translate(err, "calibrations of channel %d", channel)
	}
	items = []Calibration{}
	err = page(r.db.Read.WithContext(ctx).Where("channel_id = ?", channel), limit, offset).Order("t DESC, id DESC").Find(&items).Error
	return items, total, sqlite.Translate(err, "calibrations of channel %d", channel)
}

// Newest returns the newest calibration of a channel that was not undone, or ErrNotFound.
func (r *Calibrations) Newest(ctx context.Context, channel measure.ChannelID) (c Calibration, err error) {
	err = r.db.Read.WithContext(ctx).Where("channel_id = ? AND undone_at IS NULL", channel).Order("t DESC, id DESC").First(&c).Error
	return c, sqlite.Translate(err, "calibration of channel %d", channel)
}

// Due returns the calibrations after which another one is due since now or longer, and of which nobody has been told. Only the
// newest of a channel counts.
func (r *Calibrations) Due(ctx context.Context, now time.Time) ([]Calibration, error) {
	items := []Calibration{}
	err := r.db.Read.WithContext(ctx).Where(`due_at <= ? AND reminded_at IS NULL AND undone_at IS NULL AND NOT EXISTS (
		SELECT 1 FROM calibrations AS later WHERE later.channel_id = calibrations.channel_id AND later.undone_at IS NULL
		AND (later.t, later.id) > (calibrations.t, calibrations.id))`, now.UnixMilli()).Order("id").Find(&items).Error
	return items, sqlite.Translate(err, "calibrations that are due")
}

// Mark notes when a calibration was undone, or when somebody was told that the next one is due.
func (r *Calibrations) Mark(ctx context.Context, c Calibration) error {
	return sqlite.Translate(r.db.Write.WithContext(ctx).Model(&c).Select("undone_at", "reminded_at").Updates(&c).Error, "calibration %d", c.ID)
}
