// Command twosensors reads two slow sensors at the same time and shows what the controller package does
// when one of them misbehaves. Run it and stop it with Ctrl-C:
//
//	go run ./examples/twosensors
//
// Both sensors take 0.1 s for a reading; together they take 0.1 s, too. One honours its context. The other
// one is the usual vendor library: it blocks, knows no context, is not there yet when the program starts, and
// hangs at the third beat. What you see of it: a retry with backoff, a time-out, a lane that stays
// busy until the hanging call is back, a degraded state and a recovery, while the other sensor never
// misses a beat.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"hypha/internal/controller"
	"hypha/internal/event"
)

const (
	latency = 100 * time.Millisecond // of one reading, for both sensors
	period  = time.Second
	timeout = 300 * time.Millisecond // for one call
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// run starts both sensors, prints what happens until ctx ends, and stops them.
func run(ctx context.Context, out io.Writer) error {
	start := time.Now()
	say := func(format string, args ...any) {
		fmt.Fprintf(out, "%5.2f s  %s\n", time.Since(start).Seconds(), fmt.Sprintf(format, args...))
	}
	hub := event.NewHub()
	states := event.NewTopic[controller.Status](hub, "states", 0)
	readings := event.NewTopic[reading](hub, "readings", 0)
	stateFeed := states.Subscribe(event.Options[controller.Status]{Name: "printer", Buffer: 64})
	defer stateFeed.Close()
	readingFeed := readings.Subscribe(event.Options[reading]{Name: "printer", Buffer: 64})
	defer readingFeed.Close()

	manager := controller.NewManager(controller.Config{
		OnChange: func(s controller.Status) { states.Publish(s) },
		Logger:   slog.New(slog.DiscardHandler), // the states are printed anyway
	})
	lanes := controller.NewLanes()
	sensors := map[controller.Ref]*sensor{
		"water": {device: &blocking{}, lane: lanes.Lane("i2c-1")},
		"air":   {device: honouring{}, lane: lanes.Lane("i2c-2")},
	}
	for ref, s := range sensors {
		s.name, s.start, s.readings = string(ref), start, readings
		defer s.lane.Release()
		if err := manager.Start(ref, s, controller.Policy{
			Backoff:      controller.Backoff{Initial: 400 * time.Millisecond},
			HealthPeriod: 2 * period,
		}); err != nil {
			return err
		}
	}
	lamp := lanes.Lane("lamp")
	defer lamp.Release()

	p := printer{say: say, beats: map[int][]reading{}, last: map[controller.Ref]controller.Status{}}
	for {
		select {
		case <-stateFeed.C():
			for _, e := range stateFeed.Take(nil) {
				p.state(e.V)
			}
		case <-readingFeed.C():
			for _, e := range readingFeed.Take(nil) {
				if p.reading(e.V) {
					p.lamp(ctx, lamp, e.V.beat)
				}
			}
		case <-ctx.Done():
			say("stopping")
			began := time.Now()
			err := manager.Close(context.WithoutCancel(ctx))
			for _, e := range stateFeed.Take(nil) {
				p.state(e.V)
			}
			say("all stopped within %v", time.Since(began).Round(time.Millisecond))
			return err
		}
	}
}

// printer turns states and readings into lines.
type printer struct {
	say   func(format string, args ...any)
	beats map[int][]reading
	last  map[controller.Ref]controller.Status
}

func (p *printer) state(s controller.Status) {
	last := p.last[s.Ref]
	p.last[s.Ref] = s
	switch {
	case s.AbandonedCalls > last.AbandonedCalls:
		p.say("%-5s has left a call that hangs behind", s.Ref)
	case s.NextTryAt != nil:
		p.say("%-5s %s: %s; try %d comes in %v", s.Ref, s.State, s.Error, s.Attempt+1, time.Until(*s.NextTryAt).Round(time.Millisecond))
	case s.Error != "":
		p.say("%-5s %s: %s", s.Ref, s.State, s.Error)
	default:
		p.say("%-5s %s", s.Ref, s.State)
	}
}

// reading prints a beat once both sensors have answered it, and says so.
func (p *printer) reading(r reading) bool {
	both := append(p.beats[r.beat], r)
	p.beats[r.beat] = both
	if len(both) < 2 {
		return false
	}
	delete(p.beats, r.beat)
	if both[0].err != nil || both[1].err != nil {
		p.say("beat %d: %v, %v", r.beat, both[0], both[1])
		return true
	}
	began, ended := both[0].began, both[0].ended
	if both[1].began.Before(began) {
		began = both[1].began
	}
	if both[1].ended.After(ended) {
		ended = both[1].ended
	}
	one := both[0].ended.Sub(both[0].began) + both[1].ended.Sub(both[1].began)
	p.say("beat %d: %v, %v: both took %v together, one after the other it were %v",
		r.beat, both[0], both[1], ended.Sub(began).Round(time.Millisecond), one.Round(time.Millisecond))
	return true
}

// lamp asks for something that has a sane default, unlike a measurement: the brightness to print beside the readings.
func (p *printer) lamp(ctx context.Context, lane *controller.Lane, beat int) {
	const usual = 40 // percent
	level, err := controller.CallOr(ctx, lane, timeout/10, usual, func(ctx context.Context) (int, error) {
		if beat%2 == 1 {
			return 75, nil
		}
		<-ctx.Done() // no answer
		return 0, ctx.Err()
	})
	if err == nil {
		p.say("        lamp at %d %%", level)
	}
}

// device is what a vendor gives us.
type device interface {
	Open(ctx context.Context) error
	Read(ctx context.Context) (celsius float64, err error)
}

// honouring is a device that ends with its context.
type honouring struct{}

func (honouring) Open(context.Context) error { return nil }

func (honouring) Read(ctx context.Context) (float64, error) {
	select {
	case <-time.After(latency):
		return 21.5, nil
	case <-ctx.Done():
		return 0, ctx.Err()
	}
}

// blocking is a device that knows no context. Its lane is the only one that calls it, so it needs no lock.
type blocking struct{ opened, reads int }

var errAbsent = errors.New("no answer at 0x48")

func (b *blocking) Open(context.Context) error {
	if b.opened++; b.opened == 1 {
		return errAbsent
	}
	return nil
}

func (b *blocking) Read(context.Context) (float64, error) {
	wait := latency
	if b.reads++; b.reads == 3 {
		wait = 3 * period / 2
	}
	<-time.After(wait) // stands for a system call that blocks
	return 18.4, nil
}

// reading is what a sensor said at a beat.
type reading struct {
	sensor       string
	beat         int
	began, ended time.Time
	celsius      float64
	err          error
}

func (r reading) String() string {
	if r.err != nil {
		return fmt.Sprintf("%s: %v", r.sensor, r.err)
	}
	return fmt.Sprintf("%s %.1f °C", r.sensor, r.celsius)
}
