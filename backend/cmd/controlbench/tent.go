package main

import (
	"fmt"
	"math"
	"testing"
	"time"

	"hypha/internal/pid"
	"hypha/internal/plant"
	"hypha/internal/tuning"
)

// day is a day of the simulated grow tent under one law.
type day struct {
	law             string
	half, one       float64 // part of the day within half a degree and a degree of the set-point, %
	mean            float64 // mean error, K
	highest, lowest float64 // °C, once the first night has been reached
	switched        int     // of the heater
}

// The day: a tent with an unheated shed around it, at the end of January.
const (
	nightC, dayC = 20.0, 24.0 // set-points, °C
	window       = 30 * time.Second
	lampOn       = 6  // hour
	lampOff      = 22 // hour
	dayFan       = 0.2
)

func midnight() time.Time { return time.Date(2026, time.January, 28, 0, 0, 0, 0, time.UTC) }

// tent is the tent with its heater as a time-proportioned output.
type tent struct {
	*plant.Tent
	now      time.Time
	pulses   *pid.Proportioner
	on       bool
	switched int
}

func newTent() (*tent, error) {
	p, err := pid.NewProportioner(pid.Proportion{Window: window.Seconds(), Resolution: 1, MinOn: 2, MinOff: 2})
	if err != nil {
		return nil, err
	}
	return &tent{Tent: plant.New(midnight()), now: midnight(), pulses: p}, nil
}

// hold lives through one window with a duty of the heater, %.
func (t *tent) hold(duty float64, each func(celsius float64)) {
	on := t.pulses.Next(duty)
	for s := range int(window / time.Second) {
		if heat := float64(s) < on; heat != t.on {
			t.on, t.switched = heat, t.switched+1
			level := 0.0
			if heat {
				level = 1
			}
			t.Set(t.now, plant.Heater, level)
		}
		t.now = t.now.Add(time.Second)
		if each != nil {
			each(t.Climate(t.now).Temperature)
		}
	}
}

// tentDays tunes on the tent itself and lives through a day with each law.
func tentDays() ([]day, error) {
	offer, ku, pu, err := tuneTent()
	if err != nil {
		return nil, fmt.Errorf("the tent: %w", err)
	}
	own, err := pid.New(pid.Config{Gains: offer.Gains, OutMin: 0, OutMax: 100})
	if err != nil {
		return nil, err
	}
	h := window.Seconds()
	laws := []struct {
		name string
		next func(r, y float64) float64
	}{
		{fmt.Sprintf("Hypha, %s", offer.Rule), func(r, y float64) float64 {
			return own.Step(pid.In{DT: h, Setpoint: r, Measurement: y}).U
		}},
		{"Mycodo, as printed (ziegler-nichols)", mycodo(2*ku/34, 2*ku/34*40/pu, 2*ku/34*pu/160, 100)},
		{"Mycodo, converted (ziegler-nichols)", mycodo(ku/1.7, ku/1.7*2*h/pu, ku/1.7*pu/8/h, 100)},
		{"on/off at ±0.3 K", onOff(0.3)},
	}
	var days []day
	for _, law := range laws {
		d, err := live(law.name, law.next)
		if err != nil {
			return nil, err
		}
		days = append(days, d)
	}
	return days, nil
}

func tuneTent() (offer tuning.Offer, ku, pu float64, err error) {
	t, err := newTent()
	if err != nil {
		return offer, 0, 0, err
	}
	auto, err := tuning.NewAuto(tuning.Setup{
		Period: window.Seconds(), OutMin: 0, OutMax: 100, Setpoint: nightC, Low: 0, High: 35, TimeLimit: 24 * 3600,
	})
	if err != nil {
		return offer, 0, 0, err
	}
	for done := false; !done; {
		var u float64
		if u, done, err = auto.Next(t.now.Sub(midnight()).Seconds(), t.Climate(t.now).Temperature); err != nil {
			return offer, 0, 0, err
		}
		t.hold(u, nil)
	}
	found, err := tuning.Identify(auto.Record())
	if err != nil {
		return offer, 0, 0, err
	}
	ku, pu = auto.Relay().Ultimate()
	offers := tuning.Propose(found, tuning.Task{Period: window.Seconds(), OutMax: 100, Start: found.Start, Setpoint: nightC, Noise: found.Noise})
	if len(offers) == 0 || !offers[0].Recommended {
		return offer, 0, 0, fmt.Errorf("no offer is recommended for %+v", found)
	}
	return offers[0], ku, pu, nil
}

func live(name string, next func(r, y float64) float64) (day, error) {
	d := day{law: name, highest: math.Inf(-1), lowest: math.Inf(1)}
	t, err := newTent()
	if err != nil {
		return d, err
	}
	seconds := 0
	for end := midnight().Add(48 * time.Hour); t.now.Before(end); {
		r := nightC
		if hour := t.now.Hour(); hour >= lampOn && hour < lampOff {
			r = dayC
			t.Set(t.now, plant.Lamp, 1)
			t.Set(t.now, plant.Fan, dayFan)
		} else {
			t.Set(t.now, plant.Lamp, 0)
			t.Set(t.now, plant.Fan, 0)
		}
		counts := t.now.Sub(midnight()) >= 24*time.Hour // the first day brings the soil to its temperature
		if !counts {
			t.switched = 0
		}
		t.hold(next(r, t.Climate(t.now).Temperature), func(c float64) {
			if !counts {
				return
			}
			seconds++
			e := math.Abs(c - r)
			d.mean += e
			if e <= 0.5 {
				d.half++
			}
			if e <= 1 {
				d.one++
			}
			d.highest, d.lowest = max(d.highest, c), min(d.lowest, c)
		})
	}
	n := float64(seconds)
	d.mean, d.half, d.one, d.switched = d.mean/n, 100*d.half/n, 100*d.one/n, t.switched
	return d, nil
}

// mycodo is Mycodo's law on an output of 0 to 100.
func mycodo(kp, ki, kd, sumLimit float64) func(r, y float64) float64 {
	sum, last := 0.0, 0.0
	return func(r, y float64) float64 {
		e := r - y
		sum = min(max(sum+e, -sumLimit), sumLimit)
		u := kp*e + ki*sum + kd*(e-last)
		last = e
		return min(max(u, 0), 100)
	}
}

func onOff(band float64) func(r, y float64) float64 {
	u := 0.0
	return func(r, y float64) float64 {
		switch {
		case y < r-band:
			u = 100
		case y > r+band:
			u = 0
		}
		return u
	}
}

func (r *report) writeDays(text printer) {
	text("\n## A day in the grow tent\n\nThe tent of the demo (`internal/plant`: 400 W heater in pulses of a %s window, 250 W lamp from %d to %d h, soil, fan, weather of a January day), %g °C with light and %g °C without. ",
		window, lampOn, lampOff, dayC, nightC)
	text("The gains come from a relay experiment in the tent itself. Counted is the whole second day, with both changes of the set-point and the lamp's.\n\n")
	text("| law | within 0.5 K, %% of the day | within 1 K | mean error, K | lowest, highest, °C | switchings |\n|---|---|---|---|---|---|\n")
	for _, d := range r.days {
		text("| %s | %.1f | %.1f | %.2f | %.1f, %.1f | %d |\n", d.law, d.half, d.one, d.mean, d.lowest, d.highest, d.switched)
	}
}

// stepTime is what a step of the controller takes.
type stepTime struct{ nanoseconds, bytes float64 }

func timeStep() (stepTime, error) {
	c, err := pid.New(pid.Config{
		Gains: pid.Gains{K: 4, Ti: 100, Td: 20, B: 1, N: 10}, OutMin: -100, OutMax: 100, CoolRatio: 0.5, Filter: 2,
	})
	if err != nil {
		return stepTime{}, err
	}
	y := 15.0
	b := testing.Benchmark(func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			y += 1e-7
			c.Applied(c.Step(pid.In{DT: 1, Setpoint: 20, Measurement: y}).U)
		}
	})
	return stepTime{nanoseconds: float64(b.T.Nanoseconds()) / float64(b.N), bytes: float64(b.AllocedBytesPerOp())}, nil
}
