package pidloop

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
	"time"

	"hypha/internal/function"
	"hypha/internal/measure"
	"hypha/internal/option"
)

func (b *bench) order(order, args string) (any, error) {
	b.t.Helper()
	return b.logic.(function.Commander).Command(b.t.Context(), b.At, order, json.RawMessage(args))
}

func (b *bench) tuning() TuningState {
	b.t.Helper()
	s, _ := b.state().Tuning.(TuningState)
	return s
}

// thinkable waits for the proposals, which are computed beside the loop.
func (b *bench) thinkable() {
	b.t.Helper()
	if e := b.logic.(*logic).tuning; e != nil && e.thinks != nil {
		p := <-e.thinks
		e.thinks <- p
	}
	b.must(b.pass(5 * time.Second))
}

func TestAnExperimentFindsGainsThatHold(t *testing.T) {
	b := newBench(t, heating+`, "period_s": 5}`)
	b.lag, b.gain = 600, 30
	b.logic.(*logic).o.Kp = 1
	b.adjust(`{"kp": 1, "ki": 0.0005, "setpoint": 28}`)
	step := func(d time.Duration) {
		for range int(d / (5 * time.Second)) {
			b.Pass(5 * time.Second)
			b.y += 5 / b.lag * (b.gain*b.duty(heater())/100 - b.y)
			b.Read(1, 20+b.y)
			_ = b.step(function.Tick)
		}
	}
	b.adjust(`{"manual": 0}`)
	b.must(b.step(function.Start))
	step(time.Minute)
	b.adjust(`{"manual": null}`)
	if _, err := b.order("autotune", `{"method":"auto","low":10,"high":40,"time_limit_s":36000}`); err != nil {
		t.Fatal(err)
	}
	if s := b.tuning(); s.State != "running" || s.Low != 10 {
		t.Errorf("begun it shows %+v", s)
	}
	for range 1000 {
		if step(time.Minute); b.tuning().State != "running" {
			break
		}
	}
	b.thinkable()
	s := b.tuning()
	if s.State != "proposed" || len(s.Offers) < 5 || !s.Offers[0].Recommended {
		t.Fatalf("after the experiment: %s %s, %d offers", s.State, s.Problem, len(s.Offers))
	}
	if k := s.Found.Model.Gain; math.Abs(k-0.3) > 0.05 {
		t.Errorf("the gain found is %g °C per %%, want 0.3", k)
	}
	answer, err := b.order("autotune-apply", `{}`)
	changed, ok := answer.(function.Changed)
	if err != nil || !ok || strings.Contains(string(changed.Options), `"kp":1,`) {
		t.Fatalf("applied %s, %v", changed.Options, err)
	}
	b.adjust(`{"setpoint": 30}`)
	step(2 * time.Hour)
	if math.Abs(b.y-10) > 0.1 {
		t.Errorf("with the new gains it holds %.2f °C, want 30", 20+b.y)
	}
	if answer, err = b.order("autotune-restore", ""); err != nil || answer.(function.Changed).Answer.(tuned).Kp != 1 {
		t.Errorf("going back: %+v, %v", answer, err)
	}
	if _, err = b.order("autotune-restore", ""); err == nil {
		t.Error("it went back twice")
	}
}

func TestAnExperimentEndsSafely(t *testing.T) {
	begin := func() *bench {
		b := newBench(t, heating+`}`)
		b.must(b.step(function.Start))
		b.must(b.pass(time.Hour))
		if _, err := b.order("autotune", `{"method":"relay","low":20,"high":30,"period_s":5}`); err != nil {
			t.Fatal(err)
		}
		b.must(b.pass(30 * time.Second))
		return b
	}
	for name, c := range map[string]struct {
		break_ func(b *bench)
		words  string
	}{
		"the measurement goes bad": {func(b *bench) {
			b.Pass(5 * time.Second)
			b.Spoil(1, measure.Stale)
			_ = b.step(function.Arrival)
		}, "silent"},
		"the band is left":   {func(b *bench) { b.y = 15; _ = b.pass(15 * time.Second) }, "band"},
		"somebody overrides": {func(b *bench) { b.Overridden = "user:maya"; _ = b.pass(2 * time.Minute) }, "user:maya"},
	} {
		b := begin()
		c.break_(b)
		if s := b.tuning(); s.State != "failed" || !strings.Contains(s.Problem, c.words) {
			t.Errorf("%s: %s %s", name, s.State, s.Problem)
		}
	}
	b := begin()
	if _, err := b.order("autotune-abort", ""); err != nil {
		t.Fatal(err)
	}
	b.must(b.pass(5 * time.Second))
	if s := b.state(); s.Mode != "automatic" || b.tuning().State != "aborted" {
		t.Errorf("aborted it is %s, %+v", s.Mode, b.tuning())
	}
	b.must(b.pass(time.Hour))
	if math.Abs(b.y-8) > 0.1 {
		t.Errorf("after the abort it holds %.2f", 20+b.y)
	}
}

func TestExperimentsThatMustNotBegin(t *testing.T) {
	b := newBench(t, heating+`}`)
	b.must(b.step(function.Start))
	b.must(b.pass(time.Minute))
	for args, field := range map[string]string{
		`{}`:                                     "low",
		`{"low":30,"high":40}`:                   "low",
		`{"low":10,"high":15}`:                   "low",
		`{"low":10,"high":25}`:                   "setpoint",
		`{"low":10,"high":40,"method":"x"}`:      "method",
		`{"low":10,"high":40,"amplitude":2}`:     "amplitude",
		`{"low":10,"high":40,"time_limit_s":-1}`: "time_limit_s",
	} {
		_, err := b.order("autotune", args)
		if bad, ok := err.(option.Errors); !ok || bad[0].Field != field {
			t.Errorf("%s: %v", args, err)
		}
	}
	for _, order := range []string{"autotune-abort", "autotune-apply", "autotune-restore"} {
		if _, err := b.order(order, ""); err == nil {
			t.Errorf("%s was done", order)
		}
	}
}
