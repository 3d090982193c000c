package fleet

import (
	"context"
	"fmt"
	"time"

	"hypha/internal/history"
	"hypha/internal/importing"
	"hypha/internal/measure"
	"hypha/internal/settings"
)

const (
	importAtOnce   = 5_000 // readings that are stored together
	maxImportFault = 100   // faults that are listed
)

// Import is how an import went.
type Import struct {
	Accepted int               `json:"accepted"` // readings stored
	Rejected int               `json:"rejected"` // lines and readings that were not
	Faults   []importing.Fault `json:"faults"`   // of the rejected ones, the first hundred
} //	@name	Import

// importer stores rows. It implements importing.Sink.
type importer struct {
	f        *Fleet
	ctx      context.Context //nolint:containedctx // of one import
	channels map[measure.ChannelID]settings.Channel
	batch    []measure.Reading
	Import
}

// Import stores readings of a file, for any channels, as they are: calibration and filters are for what an input reads.
// read hands rows to the sink. What is wrong with a row keeps no other from being stored; the same file again changes
// nothing.
func (f *Fleet) Import(ctx context.Context, read func(importing.Sink) error) (Import, error) {
	rows, _, err := f.Channels(ctx, settings.ChannelFilter{})
	if err != nil {
		return Import{}, err
	}
	i := &importer{f: f, ctx: ctx, channels: map[measure.ChannelID]settings.Channel{}}
	i.Faults = []importing.Fault{}
	for _, row := range rows {
		i.channels[row.ID] = row.Channel
	}
	if err := read(i); err != nil {
		return i.Import, err
	}
	return i.Import, i.flush()
}

// Row takes a reading.
func (i *importer) Row(r importing.Row) error {
	v, err := i.check(r)
	if err != nil {
		i.Fault(importing.Fault{Line: r.Line, Message: err.Error()})
		return nil //nolint:nilerr // it is noted
	}
	i.batch = append(i.batch, measure.Reading{Channel: r.Channel, T: r.T, V: v})
	if len(i.batch) < importAtOnce {
		return nil
	}
	return i.flush()
}

func (i *importer) check(r importing.Row) (float64, error) {
	ch, ok := i.channels[r.Channel]
	now := time.Now()
	switch t := time.UnixMilli(r.T); {
	case !ok:
		return 0, fmt.Errorf("there is no channel %d", r.Channel)
	case t.After(now.Add(aheadAtMost)):
		return 0, fmt.Errorf("%s is in the future", t.UTC().Format(time.RFC3339))
	case r.T < 0 || i.f.cfg.Retention > 0 && t.Before(now.Add(-i.f.cfg.Retention)):
		return 0, fmt.Errorf("%s is older than the history keeps", t.UTC().Format(time.RFC3339))
	}
	if r.Unit == "" || r.Unit == ch.Unit {
		return r.V, nil
	}
	by, err := i.f.cfg.Catalogue.Conversion(r.Unit, ch.Unit)
	if err != nil {
		return 0, fmt.Errorf("unit %.40q does not fit channel %d, which has %s", r.Unit, r.Channel, ch.Unit)
	}
	v := by.Apply(r.V)
	return v, history.Check([]measure.Reading{{V: v}})
}

// Fault notes a line that is not taken.
func (i *importer) Fault(f importing.Fault) {
	if i.Rejected++; len(i.Faults) < maxImportFault {
		i.Faults = append(i.Faults, f)
	}
}

func (i *importer) flush() error {
	if len(i.batch) == 0 {
		return nil
	}
	if err := i.f.cfg.History.Append(i.ctx, i.batch); err != nil {
		return fmt.Errorf("store the readings: %w", err)
	}
	i.f.cfg.Writer.Stored()
	i.Accepted += len(i.batch)
	i.batch = i.batch[:0]
	return nil
}

// DeleteReadings deletes the readings of channels in [from, to), both in ms since the epoch, and says how many.
func (f *Fleet) DeleteReadings(ctx context.Context, channels []settings.Channel, from, to int64, by string) (total int64, err error) {
	if err := f.cfg.Writer.Flush(ctx); err != nil { // what waits there belongs to the range too
		return 0, err
	}
	for _, ch := range channels {
		n, err := f.cfg.History.Delete(ctx, ch.ID, from, to)
		if err != nil {
			return total, err
		}
		total += n
	}
	f.Note("audit", "history", by, fmt.Sprintf("%d readings were deleted, from %s to %s", total,
		time.UnixMilli(from).UTC().Format(time.RFC3339), time.UnixMilli(to).UTC().Format(time.RFC3339)),
		map[string]any{"channels": ids(channels), "from": from, "to": to, "readings": total})
	return total, nil
}

func ids(channels []settings.Channel) (all []measure.ChannelID) {
	for _, ch := range channels {
		all = append(all, ch.ID)
	}
	return all
}

// ReadingsBefore is the last stored reading of each channel before an instant (ms since the epoch), whatever its
// quality; without ids, of all channels.
func (f *Fleet) ReadingsBefore(ctx context.Context, ids []measure.ChannelID, before int64) ([]measure.Reading, error) {
	if err := f.cfg.Writer.Flush(ctx); err != nil {
		return nil, err
	}
	if len(ids) == 0 {
		rows, _, err := f.Channels(ctx, settings.ChannelFilter{})
		if err != nil {
			return nil, err
		}
		for _, row := range rows {
			ids = append(ids, row.ID)
		}
	}
	return f.cfg.History.Latest(ctx, ids, before)
}
