package alert

import (
	"errors"
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hypha/internal/measure"
)

// happens is something that an engine is told.
type happens struct {
	at    float64 // s
	value float64
	what  int // 0: reading, 1: acknowledge, 2: error, 3: nothing
}

func drawHappenings(t *rapid.T) []happens {
	at := 0.0
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) happens {
		at += float64(rapid.IntRange(0, 90).Draw(t, "later"))
		return happens{at, rapid.SampledFrom([]float64{20, 27, 28, 29, 30, 31, 40}).Draw(t, "value"), rapid.SampledFrom([]int{0, 0, 0, 0, 1, 2, 3}).Draw(t, "what")}
	}), 1, 60).Draw(t, "happenings")
}

// play tells an engine what happens and returns the states after each, and every change.
func play(e *Engine, good Rule, all []happens, ticks float64) (states []string, changes []Change) {
	last := 0.0
	for _, h := range all {
		for s := last + ticks; ticks > 0 && s < h.at; s += ticks {
			changes = append(changes, e.Tick(after(s))...)
		}
		last = h.at
		switch h.what {
		case 0:
			if e.rules[1].Broken != nil {
				e.Put(after(h.at), good)
			}
			changes = append(changes, e.Reading(after(h.at), 7, h.value, 0)...)
		case 1:
			changes = append(changes, e.Tick(after(h.at))...)
			_, _ = e.Acknowledge(1)
		case 2:
			bad := good
			bad.Broken = errors.New("broken")
			changes = append(changes, e.Put(after(h.at), bad)...)
		case 3:
			changes = append(changes, e.Tick(after(h.at))...)
		}
		s, _ := e.Status(1)
		states = append(states, fmt.Sprint(s.State, s.Acknowledged))
	}
	return states, changes
}

func drawTiming(t *rapid.T) Timing {
	s := func(name string) time.Duration {
		return time.Duration(rapid.SampledFrom([]int{0, 0, 30, 60, 120}).Draw(t, name)) * time.Second
	}
	return Timing{For: s("for"), Recover: s("recover"), NoData: s("nodata") * 2}
}

func TestHowOftenItIsLookedAtDoesNotMatter(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		timing, all := drawTiming(rt), drawHappenings(rt)
		var first []string
		for _, ticks := range []float64{0, 1, 13} {
			e := engineWith(t, "threshold", `{"channel":7,"above":30,"hysteresis":2}`, timing)
			got, _ := play(e, e.rules[1].Rule, all, ticks)
			if first == nil {
				first = got
			}
			for i := range got {
				if got[i] != first[i] {
					rt.Fatalf("a tick every %g s: after %d, at %g s: %s, want %s", ticks, i, all[i].at, got[i], first[i])
				}
			}
		}
	})
}

func TestItFiresOnlyForWhatLasts(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		timing, all := drawTiming(rt), drawHappenings(rt)
		e := engineWith(t, "threshold", `{"channel":7,"above":30,"hysteresis":2}`, timing)
		_, changes := play(e, e.rules[1].Rule, all, 1)
		var pending, recovering time.Time
		state := OK
		for _, c := range changes {
			if c.From != state {
				rt.Fatalf("%s to %s follows %s", c.From, c.To, state)
			}
			state = c.To
			switch {
			case c.To == Pending:
				pending = c.At
			case c.From == Pending && c.To == Firing && c.At.Sub(pending) < timing.For:
				rt.Fatalf("fired after %s, want %s", c.At.Sub(pending), timing.For)
			case c.To == Recovering:
				recovering = c.At
			case c.From == Recovering && c.To == OK && c.At.Sub(recovering) < timing.Recover:
				rt.Fatalf("recovered after %s, want %s", c.At.Sub(recovering), timing.Recover)
			case c.To == Firing && c.From != Recovering && c.From != Pending:
				rt.Fatalf("fired from %s", c.From)
			}
		}
	})
}

func TestAClockThatGoesBackChangesNothing(t *testing.T) {
	e := engineWith(t, "threshold", `{"channel":7,"above":30}`, Timing{For: time.Minute, NoData: time.Hour})
	e.Reading(after(100), 7, 31, 0)
	e.Reading(after(50), 7, 31, 0)
	e.Tick(after(159))
	want(t, e, Pending, "59 s")
	e.Tick(after(160))
	want(t, e, Firing, "60 s")
}

func TestAnAlertOutlivesARestart(t *testing.T) {
	timing := Timing{For: 2 * time.Minute, Recover: 3 * time.Minute, NoData: 5 * time.Minute}
	options := `{"channel":7,"above":30,"hysteresis":2}`
	e := engineWith(t, "threshold", options, timing)
	e.Reading(after(0), 7, 31, 0)
	e.Tick(after(130))
	if _, err := e.Acknowledge(1); err != nil {
		t.Fatal(err)
	}
	e.Reading(after(140), 7, 27, 0)
	want(t, e, Recovering, "before")
	saved, _ := e.Save(1, after(150), after(150))

	// An hour later, by the wall clock.
	e = engineWith(t, "threshold", options, timing)
	e.Restore(1, start, after(3750), saved)
	if got := stateOf(t, e); got != "recovering+ack" {
		t.Fatalf("restored: %s", got)
	}
	e.Tick(after(60))
	want(t, e, Recovering, "nobody has looked meanwhile: it is not resolved by time alone")
	e.Reading(after(61), 7, 31, 0)
	if got := stateOf(t, e); got != "firing+ack" {
		t.Errorf("the first reading says that it goes on: %s", got)
	}

	// The same with a first reading that is well.
	e = engineWith(t, "threshold", options, timing)
	e.Restore(1, start, after(3750), saved)
	e.Reading(after(1), 7, 27, 0)
	want(t, e, OK, "it has been well for an hour")

	// A clock that has lost its date must not end what has just begun.
	e = engineWith(t, "threshold", options, timing)
	e.Restore(1, start, time.Unix(0, 0), saved)
	e.Reading(after(1), 7, 27, 0)
	want(t, e, Recovering, "the wall clock says that it has not even begun")
	e.Tick(after(301))
	want(t, e, NoData, "silence counts from the start")
}

func TestAnEditKeepsTheState(t *testing.T) {
	e := engineWith(t, "threshold", `{"channel":7,"above":30}`, Timing{})
	e.Reading(after(0), 7, 31, 0)
	e.Put(after(1), Rule{ID: 1, Check: bind(t, "threshold", `{"channel":7,"above":35}`)})
	want(t, e, Firing, "until it is known better")
	e.Reading(after(2), 7, 31, 0)
	want(t, e, OK, "judged by the new limit")
	e.Remove(1)
	if _, ok := e.Status(1); ok || len(e.Reading(after(3), 7, 99, 0)) > 0 {
		t.Error("a removed rule still acts")
	}
}

func TestOnlyComplaintsAreAcknowledged(t *testing.T) {
	e := engineWith(t, "threshold", `{"channel":7,"above":30}`, Timing{NoData: time.Minute})
	if _, err := e.Acknowledge(1); !errors.Is(err, ErrNothingToAcknowledge) {
		t.Errorf("ok: %v", err)
	}
	e.Tick(after(60))
	if _, err := e.Acknowledge(1); err != nil {
		t.Errorf("no data: %v", err)
	}
	e.Reading(after(61), 7, 31, 0)
	if got := stateOf(t, e); got != "firing" {
		t.Errorf("another complaint is a new one: %s", got)
	}
	if _, err := e.Acknowledge(1); err != nil {
		t.Error(err)
	}
	e.Renew(1)
	if got := stateOf(t, e); got != "firing" {
		t.Errorf("it matters more now: %s", got)
	}
}

func TestALateReadingBreaksNoSilence(t *testing.T) {
	e := engineWith(t, "threshold", `{"channel":7,"above":30}`, Timing{NoData: time.Minute})
	e.Reading(after(50), 7, 20, 40*time.Second)
	e.Tick(after(69))
	want(t, e, OK, "true 59 s ago")
	e.Tick(after(70))
	want(t, e, NoData, "a minute")
	e.Reading(after(100), 7, 20, 2*time.Minute)
	want(t, e, NoData, "older than that")
	e.Reading(after(101), 7, 20, 30*time.Second)
	want(t, e, OK, "young enough")
}

// BenchmarkEngine is a second of 1 000 rules, each with a reading, and a tick.
func BenchmarkEngine(b *testing.B) {
	e := NewEngine(start, plain{})
	for i := range 1000 {
		kind := Kinds()[0]
		c, err := kind.Bind(fmt.Appendf(nil, `{"channel":%d,"above":30,"hysteresis":1}`, i+1))
		if err != nil {
			b.Fatal(err)
		}
		e.Put(start, Rule{ID: int64(i + 1), Check: c, Timing: Timing{For: time.Minute, NoData: time.Minute}})
	}
	s := 0.0
	for b.Loop() {
		s++
		for i := range 1000 {
			e.Reading(after(s), measure.ChannelID(i+1), 20, 0)
		}
		e.Tick(after(s))
	}
}
