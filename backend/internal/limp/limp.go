// Package limp knows what an actuator usually delivers at this hour of the day, for when nothing regulates it any more: a
// heater whose sensor has died then goes on with its usual duty, within tight caps, instead of full on or dead off.
//
// For each hour of the day it keeps an exponential mean (α = 0.2) of the duty that was delivered in that hour, one value a
// day, from normal control only. An hour counts as it is from three days on, before that no more than the mean of all
// hours. It knows no clock, no device and no store.
package limp

import (
	"math"
	"time"
)

const (
	alpha       = 0.2  // weight of the newest day
	trustedFrom = 3    // days
	usualCap    = 50.0 // percent
	capFactor   = 1.2  // of the largest learned hour
	farOutdoor  = 10.0 // °C from the learned days; beyond it the cap is halved
	// DefaultMaxH is how long limp mode lasts, in hours, when nothing else is said.
	DefaultMaxH = 12.0
)

// Hour is what was delivered in one hour of the day.
type Hour struct {
	Duty float64 `json:"duty"` // percent
	Days int     `json:"days"`
	// Outdoor is the mean temperature outside in °C, over OutdoorDays.
	Outdoor     float64 `json:"outdoor,omitempty"`
	OutdoorDays int     `json:"outdoor_days,omitempty"`
}

// Learned is what an actuator usually delivers, by hour of the day in local time. The zero value has learned nothing.
type Learned struct {
	Hours [24]Hour `json:"hours"`
}

// Caps bound what limp mode may deliver, in percent.
type Caps struct {
	Low  float64
	High *float64 // nil: the smaller of 1.2 times the largest learned hour and 50 %
}

// Add learns what was delivered in one hour of a day, in percent.
func (l *Learned) Add(hour int, duty float64) {
	h := &l.Hours[hour]
	h.Duty, h.Days = mean(h.Duty, h.Days, duty)
}

// AddOutdoor learns the mean temperature outside in one hour of a day, in °C.
func (l *Learned) AddOutdoor(hour int, celsius float64) {
	h := &l.Hours[hour]
	h.Outdoor, h.OutdoorDays = mean(h.Outdoor, h.OutdoorDays, celsius)
}

func mean(before float64, days int, v float64) (after float64, n int) {
	if days == 0 {
		return v, 1
	}
	return before + alpha*(v-before), days + 1
}

// Duty is what to deliver at an hour of the day, in percent. outdoor is the temperature outside in °C, nil when it is not
// known: on a day unlike those that were learned the cap is halved. ok is false while nothing has been learned.
func (l *Learned) Duty(hour int, c Caps, outdoor *float64) (duty float64, ok bool) {
	var sum, largest float64
	hours := 0
	for _, h := range l.Hours {
		if h.Days > 0 {
			sum += h.Duty
			largest = max(largest, h.Duty)
			hours++
		}
	}
	if hours == 0 {
		return 0, false
	}
	high := min(capFactor*largest, usualCap)
	if c.High != nil {
		high = *c.High
	}
	h := l.Hours[hour]
	if outdoor != nil && h.OutdoorDays >= trustedFrom && math.Abs(*outdoor-h.Outdoor) > farOutdoor {
		high /= 2
	}
	duty = h.Duty // 0 where nothing was learned
	if h.Days < trustedFrom {
		duty = min(duty, sum/float64(hours))
	}
	return min(max(duty, c.Low), high), true
}

// Meter gathers what is delivered within the present hour, and has it learned when the hour is over. Its zero value is
// ready for use.
type Meter struct {
	hour    time.Time // begin of the hour; zero: none
	last    time.Time
	normal  float64 // seconds of normal control
	sum     float64 // percent · s delivered in them
	outside float64 // °C · s
	outS    float64 // seconds with a temperature outside
}

const (
	// enough is how much of an hour must be normal control for it to count.
	enough = 0.75 * 3600
	// gap is how long nothing may be told: then it is not known what was delivered.
	gap = 10 * time.Minute
)

// Note tells what was delivered from the last call until t, in percent, and whether that was normal control: by a function
// that regulates, not by a person, not at the limit while starting, not in limp mode. outdoor is nil when it is not known.
// It says whether something was learned. Call it at each change, and at least once in some minutes.
func (m *Meter) Note(t time.Time, duty float64, normal bool, outdoor *float64, into *Learned) (learned bool) {
	passed := t.Sub(m.last)
	if m.last.IsZero() || passed < 0 || passed > gap {
		*m = Meter{hour: hourOf(t), last: t}
		return false
	}
	m.last = t
	if normal {
		m.normal += passed.Seconds()
		m.sum += duty * passed.Seconds()
	}
	if outdoor != nil {
		m.outside += *outdoor * passed.Seconds()
		m.outS += passed.Seconds()
	}
	now := hourOf(t)
	if now.Equal(m.hour) {
		return false
	}
	if m.normal >= enough && now.Sub(m.hour) == time.Hour {
		into.Add(m.hour.Hour(), m.sum/m.normal)
		if m.outS >= enough {
			into.AddOutdoor(m.hour.Hour(), m.outside/m.outS)
		}
		learned = true
	}
	*m = Meter{hour: now, last: t}
	return learned
}

func hourOf(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), 0, 0, 0, t.Location())
}
