package fleet

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"

	"hypha/internal/measure"
	"hypha/internal/refine"
	"hypha/internal/settings"
)

// convert gives a channel, whose input has been halted, another unit: in the history, in the live table, and in the
// settings with the bands of the zones.
func (f *Fleet) convert(ctx context.Context, id measure.ChannelID, after ChannelDraft, by measure.Affine) (row settings.Channel, err error) {
	if err := f.cfg.Writer.Flush(ctx); err != nil {
		return row, fmt.Errorf("store what is waiting before the unit changes: %w", err)
	}
	begun, err := f.beginConversion(ctx, id, by)
	if err != nil {
		return row, fmt.Errorf("note that the unit changes: %w", err)
	}
	if err := f.cfg.History.Rescale(ctx, id, by); err != nil {
		return row, errors.Join(fmt.Errorf("convert the history: %w", err), f.undoConversion(context.WithoutCancel(ctx), begun))
	}
	err = f.cfg.Store.Tx(ctx, func(tx *settings.Store) error {
		if row, err = tx.Channels.Update(ctx, id, after.into); err != nil {
			return err
		}
		return errors.Join(convertTargets(ctx, tx, id, by), tx.KV.Delete(ctx, conversionKey(id)))
	})
	if err != nil {
		return row, errors.Join(err, f.undoConversion(context.WithoutCancel(ctx), begun))
	}
	f.Live.Rescale(id, by)
	if last, _, ok := f.Live.Get(id); ok { // who watches has the value of the old unit
		f.Readings.Publish([]measure.Reading{{Channel: id, T: last.T, V: last.V, Q: last.Q}})
	}
	return row, nil
}

// convertTargets converts the bands that zones have for a channel.
func convertTargets(ctx context.Context, tx *settings.Store, id measure.ChannelID, by measure.Affine) error {
	zones, _, err := tx.Zones.List(ctx, settings.Filter{})
	if err != nil {
		return err
	}
	for _, z := range zones {
		targets, err := targetsOf(z)
		if err != nil {
			return err
		}
		n := slices.IndexFunc(targets, func(t Target) bool { return t.Channel == id })
		if n < 0 {
			continue
		}
		targets[n].Min, targets[n].Max = convertBand(targets[n].Min, targets[n].Max, by)
		raw, err := json.Marshal(targets)
		if err != nil {
			return fmt.Errorf("encode the targets of zone %d: %w", z.ID, err)
		}
		if _, err := tx.Zones.Update(ctx, z.ID, func(z *settings.Zone) error { z.Targets = raw; return nil }); err != nil {
			return err
		}
	}
	return nil
}

// sameValues tells whether two drafts of a channel lead from the same raw values to the same readings.
func sameValues(a, b ChannelDraft) bool {
	a.Name, a.ExpectedIntervalS = b.Name, b.ExpectedIntervalS
	return reflect.DeepEqual(a, b)
}

func sameLimit(a, b *float64) bool {
	return a == nil && b == nil || a != nil && b != nil && *a == *b
}

// convertBand converts two limits, of which each may be absent; a conversion that turns the axis round swaps them.
func convertBand(low, high *float64, by measure.Affine) (newLow, newHigh *float64) {
	apply := func(v *float64) *float64 {
		if v == nil {
			return nil
		}
		converted := by.Apply(*v)
		if math.IsInf(converted, 0) {
			return nil
		}
		return &converted
	}
	if by.Scale < 0 {
		low, high = high, low
	}
	return apply(low), apply(high)
}

// convertFilters converts what filters have in the channel's unit.
func convertFilters(filters []refine.Filter, by measure.Affine) []refine.Filter {
	converted := slices.Clone(filters)
	for n := range converted {
		c := &converted[n]
		c.Min, c.Max = convertBand(c.Min, c.Max, by)
		c.MaxStep *= math.Abs(by.Scale)
	}
	return converted
}
