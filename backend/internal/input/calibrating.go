package input

import (
	"fmt"
	"time"

	"hypha/internal/measure"
)

// Raw is what the device itself said, in its own unit.
type Raw struct {
	T int64 // ms since the epoch
	V float64
}

// maxRaws is how many raw values of a channel under calibration are kept: some minutes at one a second.
const maxRaws = 300

// probe is a channel whose sensor stands in a reference solution.
type probe struct {
	until time.Time
	raws  []Raw
}

// Calibrate says that the sensor of a channel stands in a reference solution until the given time: what is good until then is
// measure.Calibrating, and what the device itself says is kept. A time in the past ends it.
func (i *Input) Calibrate(channel int, until time.Time) error {
	if channel < 0 || channel >= len(i.chains) {
		return fmt.Errorf("the input has no channel %d", channel)
	}
	i.mu.Lock()
	defer i.mu.Unlock()
	if !until.After(time.Now()) {
		delete(i.probes, channel)
		return nil
	}
	if i.probes == nil {
		i.probes = map[int]*probe{}
	}
	if p := i.probes[channel]; p != nil && p.until.After(time.Now()) {
		p.until = until
		return nil
	}
	i.probes[channel] = &probe{until: until}
	return nil
}

// Raws returns what the device said on a channel since it is under calibration, oldest first.
func (i *Input) Raws(channel int) []Raw {
	i.mu.Lock()
	defer i.mu.Unlock()
	if p := i.probes[channel]; p != nil {
		return append([]Raw{}, p.raws...)
	}
	return []Raw{}
}

// calibrating takes down a raw value of a channel under calibration, and marks the reading made of it. It needs mu.
func (i *Input) calibrating(channel int, t int64, raw float64, q measure.Quality) measure.Quality {
	p := i.probes[channel]
	if p == nil {
		return q
	}
	if !p.until.After(time.Now()) {
		delete(i.probes, channel)
		return q
	}
	if len(p.raws) == maxRaws {
		p.raws = append(p.raws[:0], p.raws[1:]...)
	}
	p.raws = append(p.raws, Raw{T: t, V: raw})
	if q == measure.Good {
		return measure.Calibrating
	}
	return q
}
