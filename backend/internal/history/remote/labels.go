package remote

import (
	"context"
	"strconv"
	"strings"

	"hypha/internal/measure"
)

// Metric is the name under which all readings are kept.
const Metric = "hypha_reading"

// Labels say what a channel is. Empty ones are left out.
type Labels struct {
	Input    string // name of the input
	Name     string // of the channel
	Quantity measure.Quantity
	Unit     measure.Unit
}

// Source knows the channels. It is asked with every batch and must be quick.
type Source interface {
	// Labels returns what channels are now. One that is left out is kept with its number alone.
	Labels(ctx context.Context, ids []measure.ChannelID) (map[measure.ChannelID]Labels, error)
	// Conversion returns how values of a unit become values of another.
	Conversion(from, to measure.Unit) (measure.Affine, error)
}

// series is what the queue knows of a channel: its labels when a reading came.
type series struct {
	channel measure.ChannelID
	labels  Labels
}

// sample is a reading with what it was a reading of.
type sample struct {
	series
	t int64
	v float64
	q measure.Quality
}

func (s sample) reading() measure.Reading {
	return measure.Reading{Channel: s.channel, T: s.t, V: s.v, Q: s.q}
}

type label struct{ name, value string }

// list returns all labels of a sample in the order of their names, as remote write demands.
func (s series) list(instance string, q measure.Quality) []label {
	quality := ""
	if q != measure.Good {
		quality = q.String()
	}
	all := []label{
		{"__name__", Metric},
		{"channel", strconv.FormatInt(int64(s.channel), 10)},
		{"input", s.labels.Input},
		{"instance", instance},
		{"name", s.labels.Name},
		{"quality", quality},
		{"quantity", string(s.labels.Quantity)},
		{"unit", string(s.labels.Unit)},
	}
	kept := all[:0]
	for _, l := range all {
		if l.value = strings.ToValidUTF8(l.value, "\ufffd"); l.value != "" {
			kept = append(kept, l)
		}
	}
	return kept
}

// qualityOf reads the label quality. Unknown ones are of a newer version: not to be trusted.
func qualityOf(text string) measure.Quality {
	if text == "" {
		return measure.Good
	}
	var q measure.Quality
	if q.UnmarshalText([]byte(text)) != nil {
		return measure.Rejected
	}
	return q
}

// quote writes a PromQL string.
func quote(text string) string { return strconv.Quote(text) }
