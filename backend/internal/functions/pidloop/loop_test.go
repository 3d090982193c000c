package pidloop

import (
	"context"
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"hypha/internal/function"
	"hypha/internal/function/functiontest"
	"hypha/internal/measure"
	"hypha/internal/option"
	"hypha/internal/output"
)

// bench is a loop in a small world, with a plant of one lag behind its outputs 5 (raises) and 6 (lowers).
type bench struct {
	*functiontest.World
	t     *testing.T
	logic function.Logic
	y     float64 // °C above the surroundings of 20 °C
	lag   float64 // s
	gain  float64 // °C for 100 %
}

func heater() function.Target { return function.Target{Output: 5} }
func cooler() function.Target { return function.Target{Output: 6} }

func newBench(t *testing.T, options string) *bench {
	t.Helper()
	b := &bench{World: functiontest.New(), t: t, lag: 300, gain: 20}
	b.Add(1, "temperature", measure.Temperature, measure.Celsius)
	b.Types[heater()], b.Types[cooler()] = output.PWM, output.PWM
	b.reopen(options)
	b.Read(1, 20)
	return b
}

func (b *bench) reopen(options string) {
	b.t.Helper()
	var err error
	if b.logic, err = b.Open(Kind(), options); err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) duty(t function.Target) float64 {
	u, _ := number(b.Outputs[t])
	return u
}

// pass lets the plant live and the loop step, every five seconds.
func (b *bench) pass(d time.Duration) error {
	b.t.Helper()
	var last error
	for range int(d / (5 * time.Second)) {
		b.Pass(5 * time.Second)
		u := b.duty(heater()) - b.duty(cooler())
		b.y += 5 / b.lag * (b.gain*u/100 - b.y)
		b.Read(1, 20+b.y)
		last = b.step(function.Arrival)
	}
	return last
}

func (b *bench) step(why function.Why) error {
	b.t.Helper()
	_, err := b.logic.Step(context.Background(), function.Moment{Now: b.At, Why: why, Reading: measure.Reading{Channel: 1}})
	return err
}

func (b *bench) must(err error) {
	b.t.Helper()
	if err != nil {
		b.t.Fatal(err)
	}
}

func (b *bench) state() State {
	b.t.Helper()
	s, ok := b.logic.(function.Stater).State().(State)
	if !ok {
		b.t.Fatal("it shows something else")
	}
	return s
}

func (b *bench) adjust(change string) string {
	b.t.Helper()
	options, err := b.logic.(function.Adjuster).Adjust(context.Background(), b.At, json.RawMessage(change))
	b.must(err)
	return string(options)
}

const heating = `{"channel": 1, "setpoint": 28, "kp": 20, "ki": 0.1, "raise": {"output": 5}, "max_age_s": 20, "record_s": 10`

func TestItHoldsAPlantAtItsSetpoint(t *testing.T) {
	b := newBench(t, heating+`}`)
	b.must(b.step(function.Start))
	b.must(b.pass(time.Hour))
	if math.Abs(b.y-8) > 0.05 {
		t.Errorf("after an hour it is %.2f °C, want 28", 20+b.y)
	}
	s := b.state()
	if s.Mode != "automatic" || math.Abs(*s.Output-40) > 1 || *s.Setpoint != 28 {
		t.Errorf("it shows %+v", s)
	}
	if n := len(b.Emitted[chOutput]); n < 350 || n > 362 {
		t.Errorf("in an hour %d outputs were recorded, want one each 10 s", n)
	}
	if last := b.Last().Command; len(last.Chain) != 2 || last.Chain[0].Ref != "channel/1" || !strings.Contains(last.Reason, "set-point 28") {
		t.Errorf("its reasons are %+v", last)
	}
}

func TestWithoutAMeasurementItHoldsAndThenLetsGo(t *testing.T) {
	b := newBench(t, heating+`, "hold_s": 30}`)
	b.must(b.step(function.Start))
	b.must(b.pass(time.Hour))
	before := b.duty(heater())
	b.Pass(21 * time.Second) // older than 20 s
	err := b.step(function.Tick)
	if _, ok := err.(*function.Trouble); !ok || b.duty(heater()) != before || b.state().Mode != "frozen" {
		t.Errorf("at first: %v, duty %g of %g, %s", err, b.duty(heater()), before, b.state().Mode)
	}
	b.Pass(20 * time.Second)
	if err := b.step(function.Tick); err == nil || !b.Last().Released {
		t.Errorf("after 41 s without a reading: %v, %+v", err, b.Last())
	}
	b.Read(1, 20+b.y)
	b.must(b.step(function.Arrival))
	if math.Abs(b.duty(heater())-before) > 5 {
		t.Errorf("back again it goes on with %g %%, before it was %g", b.duty(heater()), before)
	}
}

func TestASpikeDoesNotReachTheOutput(t *testing.T) {
	b := newBench(t, heating+`}`)
	b.must(b.step(function.Start))
	b.must(b.pass(time.Hour))
	before := b.duty(heater())
	b.Pass(5 * time.Second)
	b.Read(1, 85)
	b.Spoil(1, measure.Rejected)
	_ = b.step(function.Arrival)
	if b.duty(heater()) != before {
		t.Errorf("a rejected reading of 85 °C moved the output from %g to %g", before, b.duty(heater()))
	}
}

func TestChangesAreBumpless(t *testing.T) {
	b := newBench(t, heating+`}`)
	b.must(b.step(function.Start))
	b.must(b.pass(10 * time.Minute))
	before := b.duty(heater())
	if got := b.adjust(`{"kp": 40, "ki": 0.05}`); !strings.Contains(got, `"kp":40`) {
		t.Errorf("stored are %s", got)
	}
	b.must(b.step(function.Arrival))
	if math.Abs(b.duty(heater())-before) > 1 {
		t.Errorf("twice the gain moved the output from %g to %g", before, b.duty(heater()))
	}
	b.adjust(`{"manual": 70}`)
	b.must(b.pass(5 * time.Second))
	if b.duty(heater()) != 70 || b.state().Mode != "manual" {
		t.Errorf("by hand it is %g %%, %s", b.duty(heater()), b.state().Mode)
	}
	b.adjust(`{"manual": null}`)
	b.must(b.step(function.Arrival))
	if math.Abs(b.duty(heater())-70) > 1 || b.state().Mode != "automatic" {
		t.Errorf("automatic again it jumped to %g %%, %s", b.duty(heater()), b.state().Mode)
	}
	b.adjust(`{"hold": true}`)
	held := b.duty(heater())
	b.must(b.pass(5 * time.Minute))
	if math.Abs(b.duty(heater())-held) > 1e-9 || b.state().Mode != "held" {
		t.Errorf("held at %g it is %g, %s", held, b.duty(heater()), b.state().Mode)
	}
	b.adjust(`{"hold": false, "pause": true}`)
	if !b.Last().Released {
		t.Error("paused, it holds on to its output")
	}
	b.must(b.pass(time.Minute))
	if _, driven := b.Outputs[heater()]; driven || b.state().Mode != "paused" {
		t.Errorf("paused it drives, %s", b.state().Mode)
	}
	b.adjust(`{"pause": false, "setpoint": 24}`)
	b.must(b.pass(time.Hour))
	if math.Abs(b.y-4) > 0.1 {
		t.Errorf("with its new set-point of 24 it holds %.2f", 20+b.y)
	}
	for change, field := range map[string]string{`{"manual": 170}`: "manual", `{"kp": -1}`: "kp", `{"manual": "x"}`: "manual", `{"speed": 1}`: ""} {
		_, err := b.logic.(function.Adjuster).Adjust(t.Context(), b.At, json.RawMessage(change))
		if bad, ok := err.(option.Errors); !ok || bad[0].Field != field {
			t.Errorf("%s: %v", change, err)
		}
	}
}

func TestTwoOutputsNeverWorkAgainstEachOther(t *testing.T) {
	b := newBench(t, `{"channel": 1, "setpoint": 24, "kp": 20, "ki": 0.1, "direction": "both", "raise": {"output": 5}, "lower": {"output": 6}, "lower_gain": 0.5}`)
	b.must(b.step(function.Start))
	for _, goal := range []float64{24, 14, 26} {
		b.adjust(`{"setpoint": ` + strings.TrimSpace(jsonOf(goal)) + `}`)
		for range 720 {
			b.must(b.pass(5 * time.Second))
			if b.duty(heater()) > 0 && b.duty(cooler()) > 0 {
				t.Fatalf("heating with %g and cooling with %g", b.duty(heater()), b.duty(cooler()))
			}
		}
		if math.Abs(20+b.y-goal) > 0.2 {
			t.Errorf("aiming at %g it holds %.2f", goal, 20+b.y)
		}
	}
}

func jsonOf(v any) string {
	raw, _ := json.Marshal(v)
	return string(raw)
}

func TestPulsesHaveTheRightMean(t *testing.T) {
	b := newBench(t, `{"channel": 1, "setpoint": 28, "kp": 20, "ki": 0.1, "mode": "time_proportional", "window_s": 60, "min_on_s": 2, "raise": {"output": 5}}`)
	b.Types[heater()] = output.OnOff
	b.must(b.step(function.Start))
	on := 0.0
	for range 3600 / 5 {
		b.Pass(5 * time.Second)
		if l := b.Outputs[heater()]; l.On != nil && *l.On {
			on += 5
		}
		b.Read(1, 20)
		b.must(b.step(function.Arrival))
		if last := b.Last(); last.Command.On != nil && *last.Command.On && last.Command.Duration == 0 && b.state().Output != nil && *b.state().Output < 99 {
			t.Fatalf("a pulse of %g %% has no end: %+v", *b.state().Output, last.Command)
		}
	}
	if n := len(b.Commands); n < 55 || n > 65 {
		t.Errorf("in an hour %d pulses of a window of 60 s", n)
	}
}

func TestDosesAreSavedUp(t *testing.T) {
	b := newBench(t, `{"channel": 1, "setpoint": 28, "kp": 0.05, "mode": "volume", "period_s": 60, "min_volume_ml": 1, "out_max": 10, "raise": {"output": 5}}`)
	b.must(b.step(function.Start)) // 8 °C · 0.05 = 0.4 ml a minute
	for range 30 {
		b.Pass(time.Minute)
		b.Read(1, 20)
		b.must(b.step(function.Tick))
	}
	sum := 0.0
	for _, c := range b.Commands {
		if *c.Command.VolumeML < 1 {
			t.Errorf("a dose of %g ml", *c.Command.VolumeML)
		}
		sum += *c.Command.VolumeML
	}
	if math.Abs(sum-31*0.4) > 1.2 {
		t.Errorf("in 31 periods %g ml were given, want 12.4", sum)
	}
}

func TestACascadeLeadsItsInnerLoop(t *testing.T) {
	b := newBench(t, `{"channel": 1, "setpoint": 28, "kp": 2, "ki": 0.01, "mode": "setpoint", "inner": 7, "out_min": 20, "out_max": 60}`)
	b.must(b.step(function.Start))
	b.must(b.pass(10 * time.Minute))
	led := b.Led[7]
	if len(led) == 0 || led[0] < 20 || led[len(led)-1] <= led[0] {
		t.Fatalf("the inner set-points were %v", led)
	}
	b.LeadAnswer = function.LeadAnswer{BlockedUp: true}
	b.must(b.pass(10 * time.Second)) // the answer takes effect with the next step
	at := b.Led[7][len(b.Led[7])-1]
	b.must(b.pass(20 * time.Minute))
	if now := b.Led[7][len(b.Led[7])-1]; now > at+0.5 {
		t.Errorf("the outer loop winds up from %g to %g while the inner one is at its limit", at, now)
	}
	inner := newBench(t, heating+`}`)
	inner.must(inner.step(function.Start))
	answer, err := inner.logic.(function.Commander).Command(t.Context(), inner.At, "lead", json.RawMessage(`{"setpoint": 30, "lease_s": 60, "by": "function/9"}`))
	if err != nil {
		t.Fatal(answer, err)
	}
	inner.must(inner.pass(5 * time.Second))
	if s := inner.state(); *s.Setpoint != 30 || s.LedBy != "function/9" {
		t.Errorf("led it shows %+v", s)
	}
	inner.must(inner.pass(2 * time.Minute))
	if s := inner.state(); *s.Setpoint != 28 || s.LedBy != "" {
		t.Errorf("after the lease it shows %+v", s)
	}
}

func TestARestartGoesOn(t *testing.T) {
	b := newBench(t, heating+`}`)
	b.must(b.step(function.Start))
	b.must(b.pass(time.Hour))
	before := b.duty(heater())
	b.logic.(function.Ender).End(t.Context())
	delete(b.Outputs, heater()) // the outputs went to their states of rest
	b.Pass(20 * time.Second)
	b.reopen(heating + `}`)
	b.Read(1, 20+b.y)
	b.must(b.step(function.Start))
	if math.Abs(b.duty(heater())-before) > 1 {
		t.Errorf("after 20 s it goes on with %g %%, before it was %g", b.duty(heater()), before)
	}
	b.logic.(function.Ender).End(t.Context())
	delete(b.Outputs, heater())
	b.Pass(time.Hour) // longer than Ti = 200 s: it says nothing any more
	b.reopen(heating + `}`)
	b.Read(1, 28)
	b.must(b.step(function.Start))
	if b.duty(heater()) > 1 {
		t.Errorf("after an hour, at its set-point, it begins with %g %%", b.duty(heater()))
	}
}

func TestNoEffectIsFound(t *testing.T) {
	b := newBench(t, heating+`, "effect_within_s": 600, "effect_change": 0.5}`)
	b.gain = 0 // the heater is dead
	b.must(b.step(function.Start))
	b.adjust(`{"kp": 100}`)
	var err error
	for range 15 {
		if err = b.pass(time.Minute); err != nil {
			break
		}
	}
	if err == nil || !strings.Contains(err.Error(), "no effect") || !b.Last().Released {
		t.Errorf("a dead heater: %v, %+v", err, b.Last())
	}
	if len(b.Said) != 1 || !strings.HasPrefix(b.Said[0], "alert: ") {
		t.Errorf("told was %q", b.Said)
	}
	n := len(b.Commands)
	_ = b.pass(10 * time.Minute)
	if len(b.Commands) != n {
		t.Error("it went on heating before anybody looked")
	}
	if s := b.state(); s.Mode != "paused" || !strings.Contains(s.Reason, "no effect") {
		t.Errorf("while it waits for a person it shows %+v", s)
	}
	b.adjust(`{"pause": false}`)
	if s := b.state(); s.Mode == "paused" || s.Reason != "" {
		t.Errorf("resumed it shows %+v", s)
	}
	b.adjust(`{"pause": true}`)
	if s := b.state(); s.Mode != "paused" || s.Reason != "" {
		t.Errorf("paused by a person it shows %+v", s)
	}
	alive := newBench(t, heating+`, "effect_within_s": 600, "effect_change": 0.5}`)
	alive.must(alive.step(function.Start))
	alive.must(alive.pass(2 * time.Hour))
	if len(alive.Said) != 0 {
		t.Errorf("a heater that works: %q", alive.Said)
	}
}

func TestItTracksWhoDrivesInstead(t *testing.T) {
	b := newBench(t, heating+`}`)
	b.must(b.step(function.Start))
	b.must(b.pass(time.Minute))
	b.Overridden = "user:maya"
	b.Outputs[heater()] = output.Level{Duty: new(10.0)}
	b.must(b.pass(30 * time.Minute)) // at 22 °C: without tracking the integral would be at its limit
	if s := b.state(); s.DrivenBy != "user:maya" {
		t.Errorf("it shows %+v", s)
	}
	b.Overridden = ""
	b.must(b.pass(5 * time.Second))
	if u := b.duty(heater()); u > 10+20*6.5 || u < 10 {
		t.Errorf("after the override it begins with %g %%", u)
	}
	if s := b.state(); *s.I > 20 {
		t.Errorf("the integral has wound up to %g", *s.I)
	}
}

func TestRampAndFeedForward(t *testing.T) {
	b := newBench(t, heating+`, "ramp_per_min": 0.5}`)
	b.must(b.step(function.Start))
	b.must(b.pass(4 * time.Minute))
	if r := *b.state().Setpoint; math.Abs(r-22) > 0.1 {
		t.Errorf("after 4 minutes of 0.5 °C the set-point is %g", r)
	}
	f := newBench(t, heating+`, "feed_forward": 2, "feed_forward_gain": -2, "feed_forward_zero": 20}`)
	f.Add(2, "outside", measure.Temperature, measure.Celsius)
	f.Read(2, 20)
	f.must(f.step(function.Start))
	f.must(f.pass(5 * time.Second))
	before := f.duty(heater())
	f.Read(2, 10)
	f.must(f.step(function.Arrival))
	if got := f.duty(heater()) - before; before < 100 && math.Abs(min(got, 100-before)-min(20, 100-before)) > 2 {
		t.Errorf("10 °C less outside moved the output by %g %%, want 20", got)
	}
}

// Mycodo: P = Kp e, I = Ki Σe, D = Kd (e - e_before), once a period.
func TestGainsOfMycodoMeanTheSame(t *testing.T) {
	var o Options
	raw := `{"channel": 1, "setpoint": 28, "form": "mycodo", "kp": 4, "ki": 0.5, "kd": 2, "period_s": 10, "raise": {"output": 5}}`
	if err := Kind().Options.Decode(json.RawMessage(raw), &o); err != nil {
		t.Fatal(err)
	}
	g := o.gains(o.Kp, o.Ki, o.Kd)
	if p := g.Parallel(); p.Kp != 4 || math.Abs(p.Ki-0.05) > 1e-12 || math.Abs(p.Kd-20) > 1e-12 {
		t.Errorf("the gains are %+v: want Ki of 0.5 per 10 s, Kd of 2 times 10 s", p)
	}
}

func TestOptionsThatDoNotFit(t *testing.T) {
	for text, field := range map[string]string{
		`{"channel": 1, "kp": 1, "raise": {"output": 5}}`:                                                                           "setpoint",
		`{"channel": 1, "setpoint": 1, "kp": 1, "form": "mycodo", "raise": {"output": 5}}`:                                          "period_s",
		`{"channel": 1, "setpoint": 1, "kp": 1}`:                                                                                    "raise",
		`{"channel": 1, "setpoint": 1, "kp": 0, "raise": {"output": 5}}`:                                                            "kp",
		`{"channel": 1, "setpoint": 1, "kp": 1, "direction": "lower", "raise": {"output": 5}}`:                                      "lower",
		`{"channel": 1, "setpoint": 1, "kp": 1, "direction": "both", "raise": {"output": 5}, "lower": {"output": 5}}`:               "lower",
		`{"channel": 1, "setpoint": 1, "kp": 1, "mode": "volume", "raise": {"output": 5}}`:                                          "period_s",
		`{"channel": 1, "setpoint": 1, "kp": 1, "mode": "setpoint"}`:                                                                "inner",
		`{"channel": 1, "setpoint": 1, "kp": 1, "raise": {"output": 5}, "out_max": 200}`:                                            "out_max",
		`{"channel": 1, "setpoint": 1, "kp": 1, "raise": {"output": 5}, "out_min": 50, "out_max": 20}`:                              "out_max",
		`{"channel": 1, "setpoint": 1, "kp": 1, "raise": {"output": 5}, "effect_within_s": 60}`:                                     "effect_change",
		`{"channel": 1, "setpoint": 1, "kp": 1, "raise": {"output": 5}, "mode": "time_proportional", "window_s": 5, "min_on_s": 9}`: "min_on_s",
	} {
		_, err := Kind().Bind(json.RawMessage(text))
		if err == nil || !strings.Contains(err.Error(), field) {
			t.Errorf("%s: %v, want of %s", text, err, field)
		}
	}
}
