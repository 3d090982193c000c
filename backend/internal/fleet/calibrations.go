package fleet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"hypha/internal/calibrate"
	"hypha/internal/controller"
	"hypha/internal/function"
	"hypha/internal/input"
	"hypha/internal/measure"
	"hypha/internal/refine"
	"hypha/internal/settings"
)

// CalibrationDraft is a calibration as the wizard hands it in.
type CalibrationDraft struct {
	Method calibrate.Method  `json:"method" enums:"ph,ec,do,generic"`
	Points []calibrate.Point `json:"points"`
	Note   string            `json:"note,omitempty"`
	// DueInDays is after how many days the next one is due; 0: nobody is reminded.
	DueInDays float64 `json:"due_in_days,omitempty"`
} //	@name	CalibrationDraft

// CalibrationView is a stored calibration.
type CalibrationView struct {
	ID       int64               `json:"id"`
	Channel  measure.ChannelID   `json:"channel" swaggertype:"integer"`
	At       Time                `json:"at" swaggertype:"string" format:"date-time"`
	By       string              `json:"by"`
	Method   calibrate.Method    `json:"method"`
	Points   []calibrate.Point   `json:"points"`
	Result   calibrate.Result    `json:"result"`
	Previous *refine.Calibration `json:"previous" extensions:"x-nullable"` // the correction before it
	Note     string              `json:"note"`
	DueAt    *Time               `json:"due_at" swaggertype:"string" format:"date-time" extensions:"x-nullable"`
	UndoneAt *Time               `json:"undone_at" swaggertype:"string" format:"date-time" extensions:"x-nullable"`
} //	@name	CalibrationRecord

// Probe is what the device itself says while its sensor stands in a solution.
type Probe struct {
	Until Time         `json:"until" swaggertype:"string" format:"date-time"` // unless it is renewed, readings are used again then
	Unit  measure.Unit `json:"unit" swaggertype:"string"`                     // the device's own
	T     []int64      `json:"t"`                                             // ms since the epoch
	V     []float64    `json:"v"`
} //	@name	CalibrationProbe

// probeFor is how long a channel stays under calibration unless somebody renews it: a page that was closed must not keep a
// loop waiting for long.
const probeFor = time.Minute

// inputOf is the running input of a channel, and the channel's index in it.
func (f *Fleet) inputOf(ctx context.Context, id measure.ChannelID) (*input.Input, settings.Channel, error) {
	row, err := f.cfg.Store.Channels.Get(ctx, id)
	if err != nil {
		return nil, row, err
	}
	f.mu.RLock()
	in := f.running[controller.Ref(row.Owner)]
	f.mu.RUnlock()
	if in == nil {
		return nil, row, f.idle(controller.Ref(row.Owner))
	}
	return in, row, nil
}

// ProbeChannel puts a channel under calibration for a minute, or another one, and returns what its device says: until then its
// readings have the quality calibrating, and nothing acts on them.
func (f *Fleet) ProbeChannel(ctx context.Context, id measure.ChannelID) (Probe, error) {
	in, row, err := f.inputOf(ctx, id)
	if err != nil {
		return Probe{}, err
	}
	until := time.Now().Add(probeFor)
	if err := in.Calibrate(row.Index, until); err != nil {
		return Probe{}, err
	}
	p := Probe{Until: Time(until), Unit: row.SourceUnit, T: []int64{}, V: []float64{}}
	for _, raw := range in.Raws(row.Index) {
		p.T, p.V = append(p.T, raw.T), append(p.V, raw.V)
	}
	return p, nil
}

// EndProbe has the readings of a channel used again.
func (f *Fleet) EndProbe(ctx context.Context, id measure.ChannelID) error {
	in, row, err := f.inputOf(ctx, id)
	if errors.Is(err, ErrNotRunning) {
		return nil
	}
	if err != nil {
		return err
	}
	return in.Calibrate(row.Index, time.Time{})
}

const (
	maxDueDays = 3650
	maxRemark  = 1000
)

// JudgeCalibration says what a draft would come to.
func (f *Fleet) JudgeCalibration(ctx context.Context, id measure.ChannelID, d CalibrationDraft) (calibrate.Result, error) {
	if _, err := f.cfg.Store.Channels.Get(ctx, id); err != nil {
		return calibrate.Result{}, err
	}
	var bad faults
	r, err := calibrate.Judge(d.Method, d.Points)
	bad.under("", err)
	if !(d.DueInDays >= 0 && d.DueInDays <= maxDueDays) {
		bad.add("due_in_days", "must be 0 to %d", maxDueDays)
	}
	if len(d.Note) > maxRemark {
		bad.add("note", "must have at most %d bytes", maxRemark)
	}
	return r, bad.err()
}

// Calibrate gives a channel the correction that a draft comes to, and keeps both.
func (f *Fleet) Calibrate(ctx context.Context, id measure.ChannelID, d CalibrationDraft, by string) (CalibrationView, error) {
	result, err := f.JudgeCalibration(ctx, id, d)
	if err != nil {
		return CalibrationView{}, err
	}
	before, err := f.cfg.Store.Channels.Get(ctx, id)
	if err != nil {
		return CalibrationView{}, err
	}
	now := time.Now()
	row := settings.Calibration{ChannelID: id, T: now.UnixMilli(), Author: by, Method: string(d.Method), Previous: before.Calibration, Note: d.Note}
	if row.Points, err = json.Marshal(d.Points); err != nil {
		return CalibrationView{}, fmt.Errorf("encode the points: %w", err)
	}
	if row.Result, err = json.Marshal(result); err != nil {
		return CalibrationView{}, fmt.Errorf("encode the result: %w", err)
	}
	if d.DueInDays > 0 {
		row.DueAt = new(now.Add(time.Duration(d.DueInDays * float64(24*time.Hour))).UnixMilli())
	}
	if err := f.correct(ctx, id, &result.Calibration, by); err != nil {
		return CalibrationView{}, err
	}
	if err := f.cfg.Store.Calibrations.Add(ctx, &row); err != nil {
		return CalibrationView{}, err
	}
	f.journal.add("calibration", before.Owner, by, fmt.Sprintf("%s was calibrated in %s", before.Name, solutions(len(d.Points))),
		map[string]any{"ref": before.Owner, "channel": id, "calibration": row.ID, "verdict": result.Verdict})
	return viewCalibration(row)
}

func solutions(n int) string {
	if n == 1 {
		return "one solution"
	}
	return fmt.Sprintf("%d solutions", n)
}

// correct changes the correction of a channel; nil: none.
func (f *Fleet) correct(ctx context.Context, id measure.ChannelID, c *refine.Calibration, by string) error {
	patch, err := json.Marshal(map[string]any{"calibration": nil})
	if c != nil {
		// The parts of the one before must not stay beside those of this one.
		raw := map[string]any{"kind": c.Kind, "offset": c.Offset, "scale": c.Scale, "points": c.Points, "coefficients": c.Coefficients}
		patch, err = json.Marshal(map[string]any{"calibration": raw})
	}
	if err != nil {
		return fmt.Errorf("encode the correction: %w", err)
	}
	_, err = f.UpdateChannel(ctx, id, patch, by)
	return err
}

// UndoCalibration puts back the correction that was before the newest calibration. ErrNotFound: there is none to undo.
func (f *Fleet) UndoCalibration(ctx context.Context, id measure.ChannelID, by string) (CalibrationView, error) {
	row, err := f.cfg.Store.Calibrations.Newest(ctx, id)
	if err != nil {
		return CalibrationView{}, err
	}
	var previous *refine.Calibration
	if len(row.Previous) > 0 {
		if err := json.Unmarshal(row.Previous, &previous); err != nil {
			return CalibrationView{}, fmt.Errorf("stored correction before calibration %d: %w", row.ID, err)
		}
	}
	if err := f.correct(ctx, id, previous, by); err != nil {
		return CalibrationView{}, err
	}
	row.UndoneAt = new(time.Now().UnixMilli())
	if err := f.cfg.Store.Calibrations.Mark(ctx, row); err != nil {
		return CalibrationView{}, err
	}
	return viewCalibration(row)
}

// Calibrations lists those of a channel, newest first.
func (f *Fleet) Calibrations(ctx context.Context, id measure.ChannelID, limit, offset int) ([]CalibrationView, int64, error) {
	if _, err := f.cfg.Store.Channels.Get(ctx, id); err != nil {
		return nil, 0, err
	}
	rows, total, err := f.cfg.Store.Calibrations.Of(ctx, id, limit, offset)
	if err != nil {
		return nil, 0, err
	}
	views := make([]CalibrationView, len(rows))
	for n, row := range rows {
		if views[n], err = viewCalibration(row); err != nil {
			return nil, 0, err
		}
	}
	return views, total, nil
}

func viewCalibration(row settings.Calibration) (CalibrationView, error) {
	v := CalibrationView{
		ID: row.ID, Channel: row.ChannelID, At: Time(time.UnixMilli(row.T)), By: row.Author, Method: calibrate.Method(row.Method), Note: row.Note,
		DueAt: momentOf(row.DueAt), UndoneAt: momentOf(row.UndoneAt),
	}
	for _, part := range []struct {
		raw  json.RawMessage
		into any
	}{{row.Points, &v.Points}, {row.Result, &v.Result}, {row.Previous, &v.Previous}} {
		if len(part.raw) == 0 {
			continue
		}
		if err := json.Unmarshal(part.raw, part.into); err != nil {
			return v, fmt.Errorf("stored calibration %d: %w", row.ID, err)
		}
	}
	return v, nil
}

func momentOf(ms *int64) *Time {
	if ms == nil {
		return nil
	}
	return new(Time(time.UnixMilli(*ms)))
}

// remindOfCalibrations tells people, once each, of channels whose next calibration is due.
func (f *Fleet) remindOfCalibrations(ctx context.Context, now time.Time) error {
	due, err := f.cfg.Store.Calibrations.Due(ctx, now)
	if err != nil {
		return err
	}
	for _, row := range due {
		ch, err := f.Channel(ctx, row.ChannelID)
		if errors.Is(err, ErrNotFound) { // it lies in the bin
			continue
		}
		if err != nil {
			return err
		}
		text := fmt.Sprintf("%s, %s is due for calibration: the last one was on %s", ch.OwnerName, ch.Name, time.UnixMilli(row.T).Format(time.DateOnly))
		f.journal.add("calibration", ch.Owner, "", text, map[string]any{"ref": ch.Owner, "channel": row.ChannelID, "due": true})
		row.RemindedAt = new(now.UnixMilli())
		if err := f.cfg.Store.Calibrations.Mark(ctx, row); err != nil {
			return err
		}
		if f.cfg.Orders == nil {
			continue
		}
		args := map[string]any{"title": "Calibration due", "text": text, "severity": "info"}
		if err := f.cfg.Orders(ctx, ch.Owner, function.Order{What: "notify", Args: args}); err != nil {
			f.log.Warn("nobody could be told of a calibration that is due", "channel", row.ChannelID, "error", err)
		}
	}
	return nil
}
