package main

import (
	"encoding/csv"
	"errors"
	"io"
	"io/fs"
	"iter"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"time"

	"hypha/internal/measure"
)

// set is readings to store: in the order of time, those that are read together one after the other.
type set struct {
	name string
	most float64 // bytes a reading that it may take; 0: none stated
	all  iter.Seq[measure.Reading]
}

const (
	begin  = int64(1_700_000_000_000)
	second = int64(1000)
	day    = 86400 * second
)

// walks are channels that are read together: each a walk of two decimals, at 1 Hz with a jitter of some ms.
func walks(channels, days int) iter.Seq[measure.Reading] {
	return func(yield func(measure.Reading) bool) {
		rng := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // data to measure with
		at := make([]int, channels)
		for t := begin; t < begin+int64(days)*day; t += second {
			jitter := int64(rng.NormFloat64() * 10 / 3) // nearly all within 10 ms
			for c := range at {
				at[c] += rng.IntN(5) - 2
				if !yield(measure.Reading{Channel: measure.ChannelID(c + 1), T: t + jitter, V: float64(2150+at[c]) / 100}) {
					return
				}
			}
		}
	}
}

// entropy is a channel that computes its values: all 52 bits of them say something.
func entropy(days int) iter.Seq[measure.Reading] {
	return func(yield func(measure.Reading) bool) {
		rng := rand.New(rand.NewPCG(3, 4)) //nolint:gosec // data to measure with
		for t := begin; t < begin+int64(days)*day; t += second {
			if !yield(measure.Reading{Channel: 1, T: t, V: rng.NormFloat64()}) {
				return
			}
		}
	}
}

// mixed is ten kinds of sensors, each with its own period and noise.
func mixed(days int) iter.Seq[measure.Reading] {
	type kind struct {
		period int64
		next   func(rng *rand.Rand, i int) float64
	}
	round := func(v float64, decimals float64) float64 { return math.Round(v*decimals) / decimals }
	daily := func(i int, period int64) float64 {
		return math.Sin(2 * math.Pi * float64(i) * float64(period) / float64(day))
	}
	kinds := []kind{
		{10 * second, func(rng *rand.Rand, i int) float64 { // DS18B20: sixteenths
			return round(22+3*daily(i, 10*second)+rng.NormFloat64()*0.05, 16)
		}},
		{10 * second, func(rng *rand.Rand, i int) float64 { return round(60+8*daily(i, 10*second)+rng.NormFloat64()*0.3, 100) }},
		{5 * second, func(rng *rand.Rand, i int) float64 {
			return round(101325+400*daily(i, 5*second)+rng.NormFloat64()*3, 1)
		}}, // Pa
		{5 * second, func(rng *rand.Rand, i int) float64 { return round(700+300*daily(i, 5*second)+rng.NormFloat64()*8, 1) }}, // ppm
		{second, func(rng *rand.Rand, i int) float64 { // lux: a lamp that is on for 16 of 24 hours
			if i%86400 < 57600 {
				return round(32000+rng.NormFloat64()*60, 1)
			}
			return 0
		}},
		{30 * second, func(rng *rand.Rand, i int) float64 {
			return round(6.1+0.1*daily(i, 30*second)+rng.NormFloat64()*0.004, 1000)
		}}, // pH
		{30 * second, func(rng *rand.Rand, i int) float64 { return round(1400+20*daily(i, 30*second)+rng.NormFloat64()*2, 1) }}, // µS/cm
		{second, func(rng *rand.Rand, i int) float64 { return round(230+rng.NormFloat64()*0.8, 10) }},                           // V
		{60 * second, func(_ *rand.Rand, i int) float64 { return float64(i * 3) }},                                              // a counter of pulses
		{2 * second, func(_ *rand.Rand, i int) float64 { return float64(i / 900 % 2) }},                                         // a float switch
	}
	return func(yield func(measure.Reading) bool) {
		rng := rand.New(rand.NewPCG(5, 6)) //nolint:gosec // data to measure with
		for t := begin; t < begin+int64(days)*day; t += second {
			for c, k := range kinds {
				if (t-begin)%k.period != 0 {
					continue
				}
				r := measure.Reading{Channel: measure.ChannelID(c + 1), T: t + int64(rng.NormFloat64()*3), V: k.next(rng, int((t-begin)/k.period))}
				if !yield(r) {
					return
				}
			}
		}
	}
}

// measured reads the series of a folder in place; none when it is not there.
func measured(dir string) ([]set, error) {
	var sets []set
	for _, name := range []string{"room-climate-A06.csv", "room-climate-A27.csv", "occupancy-datatraining.csv", "occupancy-datatest2.csv"} {
		rows, err := readCSV(filepath.Join(dir, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		sets = append(sets, set{name: name, all: func(yield func(measure.Reading) bool) {
			for _, r := range rows {
				if !yield(r) {
					return
				}
			}
		}})
	}
	return sets, nil
}

// readCSV reads one of the measured files: room climate has a node in the fourth column and readings after it, occupancy
// a time in the second and readings after it.
func readCSV(path string) (all []measure.Reading, err error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	r := csv.NewReader(f)
	r.FieldsPerRecord, r.TrimLeadingSpace = -1, true
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return all, nil
		}
		if err != nil {
			return nil, err
		}
		if len(row) < 8 {
			continue
		}
		t, node, from := int64(0), int64(0), 2
		if ms, err := strconv.ParseInt(row[1], 10, 64); err == nil {
			t, from = ms, 4
			if node, err = strconv.ParseInt(row[3], 10, 64); err != nil {
				return nil, err
			}
		} else if at, err := time.Parse(time.DateTime, row[1]); err == nil {
			t = at.UnixMilli()
		} else {
			continue // the heading
		}
		for i, cell := range row[from:min(from+5, len(row))] {
			if v, err := strconv.ParseFloat(cell, 64); err == nil {
				all = append(all, measure.Reading{Channel: measure.ChannelID(node*10 + int64(i) + 1), T: t, V: v})
			}
		}
	}
}
