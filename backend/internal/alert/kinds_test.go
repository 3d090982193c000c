package alert

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"hypha/internal/measure"
	"hypha/internal/option"
)

// want fails unless rule 1 is in a state.
func want(t *testing.T, e *Engine, state State, when string) {
	t.Helper()
	if s, _ := e.Status(1); s.State != state {
		t.Errorf("%s: %s (%s), want %s", when, s.State, s.Evidence.Text, state)
	}
}

func says(t *testing.T, e *Engine, text string) {
	t.Helper()
	if s, _ := e.Status(1); !strings.Contains(s.Evidence.Text, text) {
		t.Errorf("it says %q, which does not have %q", s.Evidence.Text, text)
	}
}

func TestABandIsWatchedOnBothSides(t *testing.T) {
	e := engineWith(t, "threshold", `{"channel":7,"when":"outside","below":18,"above":26,"hysteresis":1}`, Timing{})
	for i, step := range []struct {
		v    float64
		want State
	}{{22, OK}, {26, OK}, {26.1, Firing}, {25.5, Firing}, {24.9, OK}, {17.9, Firing}, {18.5, Firing}, {27, Firing}, {22, OK}} {
		e.Reading(after(float64(i)), 7, step.v, 0)
		want(t, e, step.want, fmt.Sprintf("reading %d, %g", i, step.v))
	}
	says(t, e, "channel 7 is 22")
}

func TestWithoutHysteresisTheLimitItselfIsWell(t *testing.T) {
	e := engineWith(t, "threshold", `{"channel":7,"when":"above","above":26}`, Timing{})
	e.Reading(after(0), 7, 26.1, 0)
	want(t, e, Firing, "above")
	e.Reading(after(1), 7, 26, 0)
	want(t, e, OK, "on the limit")
}

func TestADeviationFloatsWithTheSetpoint(t *testing.T) {
	e := engineWith(t, "deviation", `{"channel":7,"reference":"function","function":2,"when":"outside","above":2,"below":3,"settle_s":600}`, Timing{NoData: time.Minute})
	e.Reading(after(0), 7, 21, 0)
	want(t, e, OK, "no set-point yet")
	e.Setpoint(after(1), 2, 20, true)
	want(t, e, OK, "within")
	e.Reading(after(2), 7, 22.5, 0)
	want(t, e, Firing, "above by more than 2")
	e.Setpoint(after(3), 2, 21, true)
	want(t, e, OK, "the set-point has followed")
	e.Setpoint(after(4), 2, 30, true) // a new day
	want(t, e, OK, "it may take its time")
	e.Reading(after(300), 7, 24, 0)
	want(t, e, OK, "still on its way")
	e.Reading(after(605), 7, 24, 0)
	want(t, e, Firing, "it had its time")
	e.Setpoint(after(606), 2, 0, false)
	want(t, e, Error, "the function is off")
	says(t, e, "no set-point")
	e.Setpoint(after(607), 2, 24, true)
	want(t, e, Error, "a set-point alone says nothing of the channel")
	e.Reading(after(608), 7, 24, 0)
	want(t, e, OK, "both are there")
	e.Setpoint(after(700), 2, 24, true)
	e.Tick(after(700))
	want(t, e, NoData, "the set-point goes on, the channel does not")
}

func TestSilenceIsMissedFromTheStart(t *testing.T) {
	e := engineWith(t, "missing", `{"channels":[7,8],"after_s":60}`, Timing{For: 10 * time.Second})
	e.Tick(after(0))
	e.Reading(after(30), 7, 1, 0)
	e.Tick(after(59))
	want(t, e, OK, "not for long enough")
	e.Tick(after(60))
	want(t, e, Pending, "channel 8 has never answered")
	e.Tick(after(70))
	want(t, e, Firing, "nor since")
	says(t, e, "nothing from channel 8 for 60 s")
	e.Reading(after(71), 8, 1, 0)
	want(t, e, OK, "there it is")
	e.Reading(after(100), 8, 1, 0)
	e.Tick(after(100))
	want(t, e, Pending, "now channel 7 is silent")
	e.Reading(after(200), 7, 1, 90*time.Second)
	e.Tick(after(200))
	want(t, e, Firing, "a late reading is as old as it is")
}

func TestASlopeIsMeasuredOverAWindow(t *testing.T) {
	e := engineWith(t, "rate", `{"channel":7,"when":"rises","max_per_min":0.5,"window_s":300}`, Timing{})
	noise := rand.New(rand.NewPCG(1, 2))
	at := 0.0
	run := func(perMinute, v, until float64) float64 {
		for ; at < until; at += 10 {
			e.Reading(after(at), 7, v+noise.NormFloat64()*0.1, 0)
			v += perMinute / 6
		}
		return v
	}
	v := run(0.1, 20, 1200)
	want(t, e, OK, "slow, with noise whose steps are far above the limit")
	v = run(1, v, 1800)
	want(t, e, Firing, "fast")
	v = run(-5, v, 2400)
	want(t, e, OK, "falls, which nobody asked about")
	run(0, v, 3000)
	want(t, e, OK, "at rest")
}

func TestATankIsForetoldToBeEmpty(t *testing.T) {
	e := engineWith(t, "forecast", `{"channel":7,"when":"below","limit":10,"ahead_s":7200,"window_s":3600}`, Timing{})
	level := func(s float64) float64 { return 100 - s/3600*15 } // empty to 10 % after 6 h
	first := math.Inf(1)
	for s := 0.0; s <= 6*3600; s += 60 {
		e.Reading(after(s), 7, level(s), 0)
		if st, _ := e.Status(1); st.State == Firing {
			first = min(first, s)
		}
	}
	if math.Abs(first-4*3600) > 61 {
		t.Errorf("first foretold after %g s, want two hours before 6 h", first)
	}
	e.Reading(after(6*3600+60), 7, 9.9, 0)
	says(t, e, "already")
	want(t, e, Firing, "crossed")
}

func TestASwingIsNoTrend(t *testing.T) {
	e := engineWith(t, "forecast", `{"channel":7,"when":"above","limit":30,"ahead_s":3600,"window_s":7200,"max_residual":1}`, Timing{})
	for s := 0.0; s < 24*3600; s += 60 {
		e.Reading(after(s), 7, 22+5*math.Sin(s/1200), 0) // two hours hold about one swing
		want(t, e, OK, fmt.Sprintf("after %g s", s))
	}
}

func TestAnOutputMayBeAtItsLimitForAWhile(t *testing.T) {
	e := engineWith(t, "output", `{"output":3,"channel":1,"when":"at_least","level":100}`, Timing{For: time.Hour})
	ch := OutputChannel{3, 1}
	e.Output(after(0), Output{OutputChannel: ch, Known: true, Active: true, Level: 100})
	e.Tick(after(3599))
	want(t, e, Pending, "not for long enough")
	e.Output(after(3599.5), Output{OutputChannel: ch, Known: true, Active: true, Level: 99})
	want(t, e, OK, "it came off")
	e.Output(after(4000), Output{OutputChannel: ch, Known: true, Active: true, Level: 100})
	e.Tick(after(7600))
	want(t, e, Firing, "an hour")
	says(t, e, "output 3/1 is at 100")
	e.Output(after(7601), Output{OutputChannel: OutputChannel{3, 0}})
	want(t, e, Firing, "another channel is another matter")
}

func TestAnOutputThatDoesNotTakeItsCommands(t *testing.T) {
	e := engineWith(t, "output", `{"output":3,"when":"fault"}`, Timing{})
	e.Output(after(0), Output{OutputChannel: OutputChannel{3, 0}, Known: true, Fault: "no answer"})
	want(t, e, Firing, "fault")
	says(t, e, "no answer")
	e.Output(after(1), Output{OutputChannel: OutputChannel{3, 0}, Known: true})
	want(t, e, OK, "it does again")
}

func TestAHeaterMustHeat(t *testing.T) {
	e := engineWith(t, "no_effect", `{"output":3,"channel":7,"direction":"rise","change":2,"within_s":600,"function":5,"near":0.5}`, Timing{})
	on := func(s float64, active bool) {
		e.Output(after(s), Output{OutputChannel: OutputChannel{3, 0}, Known: true, Active: active, Level: map[bool]float64{true: 1}[active]})
	}
	e.Setpoint(after(0), 5, 30, true)
	e.Reading(after(0), 7, 20, 0)
	on(0, true)
	for s := 10.0; s <= 1200; s += 10 { // 2.5 degrees in 10 min
		e.Reading(after(s), 7, 20+s/240, 0)
		e.Tick(after(s))
		want(t, e, OK, fmt.Sprintf("it heats, %g s", s))
	}
	// The probe has fallen out. The last full 2 degrees came at 960 s, with 24.
	for s := 1210.0; s < 1560; s += 10 {
		e.Reading(after(s), 7, 25, 0)
		e.Tick(after(s))
	}
	want(t, e, OK, "not for long enough")
	e.Tick(after(1560))
	want(t, e, Firing, "10 min without")
	says(t, e, "went from 24 to 25")
	e.Reading(after(1901), 7, 29.6, 0)
	want(t, e, OK, "near the set-point nothing more is expected")
	for s := 1910.0; s < 4000; s += 10 {
		e.Reading(after(s), 7, 30, 0)
		e.Tick(after(s))
		want(t, e, OK, "holding")
	}
}

func TestShortTurnsAddUp(t *testing.T) {
	e := engineWith(t, "no_effect", `{"output":3,"channel":7,"direction":"fall","change":1,"within_s":300}`, Timing{})
	e.Reading(after(0), 7, 30, 0)
	fired := 0.0
	for s := 0.0; s < 1200; s += 10 { // 4 s of each 10
		for _, turn := range []struct {
			at     float64
			active bool
		}{{s, true}, {s + 4, false}} {
			e.Output(after(turn.at), Output{OutputChannel: OutputChannel{3, 0}, Known: true, Active: turn.active, Level: 1})
		}
		e.Reading(after(s+5), 7, 30, 0)
		e.Tick(after(s + 5))
		if st, _ := e.Status(1); st.State == Firing && fired == 0 {
			fired = s
		}
	}
	if fired < 700 || fired > 800 {
		t.Errorf("fired after %g s, want after 300 s of work at 40 %%: about 750 s", fired)
	}
	e.Output(after(1300), Output{OutputChannel: OutputChannel{3, 0}, Known: true})
	e.Tick(after(1490))
	want(t, e, Firing, "a short rest proves nothing")
	e.Tick(after(1500))
	want(t, e, OK, "it has rested, and is judged anew when it works again")
}

func TestControllersFallIllAndRecover(t *testing.T) {
	e := engineWith(t, "controller", `{"ref":"input/*","from":"backing_off"}`, Timing{For: 30 * time.Second})
	e.Controller(after(0), Controller{Ref: "output/1", State: "failed", Error: "gone"})
	e.Controller(after(0), Controller{Ref: "input/1", State: "degraded", Error: "slow"})
	want(t, e, OK, "another sort, and not ill enough")
	e.Controller(after(1), Controller{Ref: "input/1", State: "backing_off", Error: "no answer"})
	e.Controller(after(20), Controller{Ref: "input/1", State: "initializing"})
	e.Controller(after(21), Controller{Ref: "input/2", State: "failed", Error: "wrong id"})
	e.Tick(after(31))
	want(t, e, Firing, "trying is not being well")
	says(t, e, "2 are out of order")
	e.Controller(after(32), Controller{Ref: "input/1", State: "running"})
	says(t, e, "input/2: wrong id")
	e.Controller(after(33), Controller{Ref: "input/2", State: "inactive"})
	want(t, e, OK, "disabled is not ill")
}

func TestEventsCountForAWhile(t *testing.T) {
	e := engineWith(t, "event", `{"type":"output","source":"output/*","text":"REFUSED","hold_s":60}`, Timing{})
	e.Event(after(0), Event{"output", "output/3", "Heater was switched on"})
	e.Event(after(0), Event{"audit", "output/3", "refused"})
	e.Event(after(0), Event{"output", AlertSource + "1", "refused"})
	want(t, e, OK, "others")
	e.Event(after(1), Event{"output", "output/3", "Heater refused: interlock"})
	e.Event(after(50), Event{"output", "output/4", "Pump refused: volume"})
	e.Tick(after(109))
	want(t, e, Firing, "60 s from the last")
	says(t, e, "Pump refused: volume (2 times)")
	e.Tick(after(110))
	want(t, e, OK, "over")
}

func TestWrongOptionsAreNamed(t *testing.T) {
	for _, c := range []struct{ kind, options, field string }{
		{"threshold", `{"channel":7,"when":"outside","above":1,"below":2}`, "below"},
		{"threshold", `{"channel":7,"when":"outside","above":20,"below":18,"hysteresis":1}`, "hysteresis"},
		{"threshold", `{"channel":7,"above":20,"hysteresis":-1}`, "hysteresis"},
		{"threshold", `{"above":20}`, "channel"},
		{"threshold", `{"channel":7,"when":"below"}`, "below"},
		{"deviation", `{"channel":7,"reference":"channel","against":7,"above":1,"below":1}`, "against"},
		{"disagreement", `{"channels":[7],"tolerance":1}`, "channels"},
		{"disagreement", `{"channels":[7,8,7],"tolerance":1}`, "channels[2]"},
		{"no_effect", `{"output":1,"channel":7,"change":0}`, "change"},
		{"event", `{}`, "type"},
		{"event", `{"type":"output","source":"[a"}`, "source"},
		{"controller", `{"ref":"[a"}`, "ref"},
		{"stuck", `{"channel":7,"window_s":1}`, "window_s"},
	} {
		for _, k := range Kinds() {
			if k.ID != c.kind {
				continue
			}
			_, err := k.Bind(json.RawMessage(c.options))
			var bad option.Errors
			if !errors.As(err, &bad) || bad[0].Field != c.field {
				t.Errorf("%s %s: %v, want a fault of %s", c.kind, c.options, err, c.field)
			}
		}
	}
}

func TestEveryKindSpeaksBeforeItKnowsAnything(t *testing.T) {
	options := map[string]string{
		"threshold": `{"channel":7,"above":1}`, "deviation": `{"channel":7,"function":1,"above":1,"below":1}`, "missing": `{"channels":[7]}`,
		"stuck": `{"channel":7}`, "rate": `{"channel":7,"max_per_min":1}`, "disagreement": `{"channels":[7,8],"tolerance":1}`,
		"forecast": `{"channel":7,"limit":1}`, "output": `{"output":1}`, "no_effect": `{"output":1,"channel":7,"change":1}`,
		"controller": `{}`, "event": `{"type":"alert"}`,
	}
	for _, k := range Kinds() {
		e := engineWith(t, k.ID, options[k.ID], Timing{NoData: time.Hour})
		e.Tick(after(1))
		want(t, e, OK, k.ID)
		if s, _ := e.Status(1); s.Evidence.Text == "" {
			t.Errorf("%s has no words", k.ID)
		}
		e.Tick(after(3600))
		if s, _ := e.Status(1); (s.State == NoData) != k.Silent {
			t.Errorf("%s after an hour of silence: %s, waits for data: %v", k.ID, s.State, k.Silent)
		}
	}
}

// broken is a condition that panics.
type broken struct{}

func (broken) reading(instant, measure.ChannelID, float64) bool { panic("out of its mind") }
func (broken) verdict(instant) verdict                          { return verdict{} }
func (broken) evidence(Names) Evidence                          { panic("still") }

func TestARuleThatFailsTakesNoOtherWithIt(t *testing.T) {
	e := engineWith(t, "threshold", `{"channel":7,"above":1}`, Timing{})
	kind := bind(t, "threshold", `{"channel":7,"above":1}`).Kind
	e.Put(start, Rule{ID: 2, Check: &Check{Kind: kind, Watch: Watch{Channels: []measure.ChannelID{7}}, cond: broken{}}})
	changes := e.Reading(after(1), 7, 2, 0)
	want(t, e, Firing, "the other one")
	if s, _ := e.Status(2); s.State != Error {
		t.Errorf("the broken one: %s, want error", s.State)
	}
	if n := len(changes); n != 3 {
		t.Errorf("%d changes, want 3: %v", n, changes)
	}
}
