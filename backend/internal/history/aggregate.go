package history

import (
	"context"

	"hypha/internal/measure"
)

// Aggregate is what the usable readings of a channel in a range come to.
type Aggregate struct {
	Count               int64
	Min, Max, Mean, Sum float64          // of nothing when Count is 0
	Last                *measure.Reading // in the range, whatever its quality; nil: there is none
}

// AggregateOf sums up [from, to).
func AggregateOf(ctx context.Context, s Store, id measure.ChannelID, from, to int64) (a Aggregate, err error) {
	if from >= to {
		return a, nil
	}
	width := to - from
	if width <= 0 { // the distance of two times may exceed an int64
		width = End
	}
	var sum Summary
	err = s.Buckets(ctx, id, from, to, width, func(b Bucket) error {
		sum.Merge(b.Count, b.Min, b.Max, b.Mean*float64(b.Count))
		return nil
	})
	if err != nil {
		return Aggregate{}, err
	}
	if b, ok := sum.Bucket(from); ok {
		a = Aggregate{Count: b.Count, Min: b.Min, Max: b.Max, Mean: b.Mean, Sum: b.Mean * float64(b.Count)}
	}
	last, err := s.Latest(ctx, []measure.ChannelID{id}, to)
	if err == nil && len(last) > 0 && last[0].T >= from {
		a.Last = &last[0]
	}
	return a, err
}
