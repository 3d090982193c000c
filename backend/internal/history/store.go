package history

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"hypha/internal/measure"
)

// End is after every reading: the upper bound of a range without end.
const End = math.MaxInt64

// Store keeps readings, of any instant before End. It is safe for concurrent use. A function yield may use the store; when it returns an error, the
// call ends and returns that error as it is. A yield that takes its time does not hold up others, so what another
// call changes meanwhile may be seen in part.
type Store interface {
	// Append stores readings, all or none. When it returns nil they survive the death of the process. A reading of the
	// same channel and instant is replaced; the last one of readings counts. A value that is not finite is an
	// *InvalidError.
	Append(ctx context.Context, readings []measure.Reading) error

	// Latest returns for each id the last reading before the given instant, whatever its quality, in the order of ids.
	// Channels without one are left out. A nil ids means every channel, by id.
	Latest(ctx context.Context, ids []measure.ChannelID, before int64) ([]measure.Reading, error)

	// Raw yields the readings of a channel in [from, to), ascending, whatever their quality, at most limit (0 = all).
	Raw(ctx context.Context, id measure.ChannelID, from, to int64, limit int, yield func(measure.Reading) error) error

	// Count says how many readings of a channel are in [from, to), whatever their quality.
	Count(ctx context.Context, id measure.ChannelID, from, to int64) (int, error)

	// Buckets yields summaries of the usable readings of a channel in [from, to), ascending. Buckets are width ms long
	// (at least 1) and begin at from, from+width, ...; the last one ends at to. Empty buckets are not yielded.
	Buckets(ctx context.Context, id measure.ChannelID, from, to, width int64, yield func(Bucket) error) error

	// Delete deletes the readings of a channel in [from, to) and says how many.
	Delete(ctx context.Context, id measure.ChannelID, from, to int64) (int64, error)

	// DeleteChannel deletes all readings of a channel and says how many.
	DeleteChannel(ctx context.Context, id measure.ChannelID) (int64, error)

	// Rescale replaces every value v of a channel by by.Apply(v), all or none: the channel has got another unit. When a
	// result is not finite nothing changes and the error is an *InvalidError. Flush the Writer first: what waits there
	// is still in the old unit.
	Rescale(ctx context.Context, id measure.ChannelID, by measure.Affine) error

	// DropBefore deletes the readings of all channels before the given instant and says how many: retention. It works
	// in portions between which other writes go on.
	DropBefore(ctx context.Context, t int64) (int64, error)

	// Stats says how much is stored. Points may be some seconds old in a large store.
	Stats(ctx context.Context) (Stats, error)

	// Close ends the use of the store, after the calls under way.
	Close() error
}

// Bucket summarises the usable readings of a channel in a span of time.
type Bucket struct {
	T              int64 // start, ms since the epoch
	Min, Max, Mean float64
	Count          int64 // at least 1
}

// Stats says how much a store holds.
type Stats struct {
	Engine string // "rows", ...
	Points int64  // readings
	Bytes  int64  // on the disk; 0 = elsewhere
}

// ErrFull says that the disk has no room: make some, then try again.
var ErrFull = errors.New("no space left on the disk")

// ErrInvalid says that a reading cannot be stored, now or later.
var ErrInvalid = errors.New("value is not a finite number")

// InvalidError names the reading that cannot be stored. It is an ErrInvalid.
type InvalidError struct {
	Index   int // its position in what was to be stored
	Reading measure.Reading
}

func (e *InvalidError) Error() string {
	at := time.UnixMilli(e.Reading.T).UTC().Format("2006-01-02T15:04:05.000Z")
	return fmt.Sprintf("reading %d (channel %d at %s): %v is not a finite number", e.Index, e.Reading.Channel, at, e.Reading.V)
}

// Unwrap makes errors.Is(err, ErrInvalid) true.
func (e *InvalidError) Unwrap() error { return ErrInvalid }

// Check returns an *InvalidError for the first reading that no store takes.
func Check(readings []measure.Reading) error {
	for i, r := range readings {
		if math.IsNaN(r.V) || math.IsInf(r.V, 0) {
			return &InvalidError{Index: i, Reading: r}
		}
	}
	return nil
}
