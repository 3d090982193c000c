package remote

import (
	"cmp"
	"math"
	"slices"

	"github.com/klauspost/compress/snappy"
	"google.golang.org/protobuf/encoding/protowire"

	"hypha/internal/measure"
)

// Fields of the messages of remote write 1.0: WriteRequest{TimeSeries{Label{name, value}, Sample{value, timestamp}}}.
const (
	requestSeries = 1
	seriesLabels  = 1
	seriesSamples = 2
	labelName     = 1
	labelValue    = 2
	sampleValue   = 1
	sampleTime    = 2
)

// encode writes a batch as the body of a request. Samples of a series are in the order of time, and of those of one
// instant the last one counts.
func encode(instance string, batch []sample) []byte {
	type key struct {
		series
		q measure.Quality
	}
	groups := make(map[key][]sample)
	var order []key
	for _, s := range batch {
		k := key{s.series, s.q}
		if _, ok := groups[k]; !ok {
			order = append(order, k)
		}
		groups[k] = append(groups[k], s)
	}
	var request, message, part []byte
	for _, k := range order {
		message = message[:0]
		for _, l := range k.list(instance, k.q) {
			part = protowire.AppendTag(part[:0], labelName, protowire.BytesType)
			part = protowire.AppendString(part, l.name)
			part = protowire.AppendTag(part, labelValue, protowire.BytesType)
			part = protowire.AppendString(part, l.value)
			message = protowire.AppendTag(message, seriesLabels, protowire.BytesType)
			message = protowire.AppendBytes(message, part)
		}
		for _, s := range inOrder(groups[k]) {
			part = protowire.AppendTag(part[:0], sampleValue, protowire.Fixed64Type)
			part = protowire.AppendFixed64(part, math.Float64bits(s.v))
			part = protowire.AppendTag(part, sampleTime, protowire.VarintType)
			part = protowire.AppendVarint(part, uint64(s.t))
			message = protowire.AppendTag(message, seriesSamples, protowire.BytesType)
			message = protowire.AppendBytes(message, part)
		}
		request = protowire.AppendTag(request, requestSeries, protowire.BytesType)
		request = protowire.AppendBytes(request, message)
	}
	return snappy.Encode(nil, request)
}

// inOrder sorts by time and keeps the last of those of one instant.
func inOrder(samples []sample) []sample {
	slices.SortStableFunc(samples, func(a, b sample) int { return cmp.Compare(a.t, b.t) })
	kept := samples[:0]
	for _, s := range samples {
		if n := len(kept); n > 0 && kept[n-1].t == s.t {
			kept[n-1] = s
			continue
		}
		kept = append(kept, s)
	}
	return kept
}
