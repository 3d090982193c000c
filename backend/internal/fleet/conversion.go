package fleet

import (
	"context"
	"errors"
	"fmt"
	"math"

	"hypha/internal/history"
	"hypha/internal/measure"
)

// A channel's unit lies in the settings and its values in the history, in files of their own: no transaction holds both.
// So a conversion is noted in the settings before the history is converted, and the note goes with the change of the
// unit. A note that is found at the start is of a conversion that was cut short: the history is converted back, if it
// has been converted. One of its readings tells.

// conversion is the note.
type conversion struct {
	Channel       measure.ChannelID
	By            measure.Affine
	T             int64   // of a reading that the conversion changes
	Before, After float64 // its value
	Nothing       bool    // there is no such reading
}

const conversionPrefix = "conversion/"

func conversionKey(id measure.ChannelID) string { return fmt.Sprintf("%s%d", conversionPrefix, id) }

var errEnough = errors.New("enough")

// beginConversion notes what is about to happen.
func (f *Fleet) beginConversion(ctx context.Context, id measure.ChannelID, by measure.Affine) (conversion, error) {
	c := conversion{Channel: id, By: by, Nothing: true}
	err := f.cfg.History.Raw(ctx, id, math.MinInt64, history.End, 0, func(r measure.Reading) error {
		// A value that hardly moves, such as -40 °C on its way to °F, would not tell.
		if after := by.Apply(r.V); math.Abs(after-r.V) > 1e-6*math.Max(math.Abs(after), math.Abs(r.V)) && !math.IsInf(after, 0) {
			c.T, c.Before, c.After, c.Nothing = r.T, r.V, after, false
			return errEnough
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return c, err
	}
	return c, f.cfg.Store.KV.Set(ctx, conversionKey(id), c)
}

// undoConversion makes the history what it was, and forgets the note.
func (f *Fleet) undoConversion(ctx context.Context, c conversion) error {
	if !c.Nothing {
		converted := false
		err := f.cfg.History.Raw(ctx, c.Channel, c.T, c.T+1, 1, func(r measure.Reading) error {
			converted = math.Abs(r.V-c.After) < math.Abs(r.V-c.Before)
			return nil
		})
		if err == nil && converted {
			err = f.cfg.History.Rescale(ctx, c.Channel, c.By.Inverse())
		}
		if err != nil {
			return fmt.Errorf("convert the history of channel %d back: %w", c.Channel, err)
		}
	}
	return f.cfg.Store.KV.Delete(ctx, conversionKey(c.Channel))
}

// undoConversions undoes what a crash has cut short. Nothing runs yet.
func (f *Fleet) undoConversions(ctx context.Context) error {
	keys, err := f.cfg.Store.KV.Keys(ctx, conversionPrefix)
	if err != nil {
		return err
	}
	var errs []error
	for _, key := range keys {
		var c conversion
		found, err := f.cfg.Store.KV.Get(ctx, key, &c)
		if err == nil && found {
			f.log.Warn("a change of unit was cut short and is undone", "channel", c.Channel)
			err = f.undoConversion(ctx, c)
		}
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}
