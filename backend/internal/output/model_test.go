package output

import (
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"

	"hypha/internal/controller"
)

// The model: three outputs that share a panel are driven at random by functions and people, while devices refuse (and may
// have obeyed all the same), the disk is full, the program is killed and started again with another configuration, and
// everything is stopped and released. What must always hold is looked at where it counts: at the devices.
//
// HYPHA_LONG=1 makes it a million steps, another number that many.

type modelWorld struct {
	mu        sync.Mutex
	faults    []string
	trace     []string
	truths    []*truth
	outputs   []*running
	panel     *Panel
	lanes     *controller.Lanes
	up        time.Time
	latched   time.Time            // since when; zero: not
	ends      map[[2]int]time.Time // until when somebody may drive a channel
	steps     int
	full      bool      // the disk
	fullUntil time.Time // when it had room again
}

// say leaves a trace for who looks into a failure: rapid shows what is logged in the shortest case that fails.
func (w *modelWorld) say(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.trace = append(w.trace, fmt.Sprintf("%v: ", time.Now().Format("15:04:05.000"))+fmt.Sprintf(format, args...))
}

func (w *modelWorld) fault(format string, args ...any) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.faults = append(w.faults, fmt.Sprintf(format, args...))
}

// roomy tells whether the disk has had room for so long that what was off is known.
func (w *modelWorld) roomy(now time.Time) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return !w.full && now.Sub(w.fullUntil) > time.Minute
}

// configs are what the channels may be set up as. A channel keeps its type; the rest changes.
func modelConfig(t *rapid.T, n int) ChannelConfig {
	c := ChannelConfig{Name: strconv.Itoa(n), Type: []ChannelType{OnOff, PWM, Volume}[n]}
	maybe := func(name string, values ...float64) *float64 {
		if rapid.Bool().Draw(t, name) {
			return new(rapid.SampledFrom(values).Draw(t, name+"_s"))
		}
		return nil
	}
	if c.Type == Volume {
		c.Limits = Limits{VolumePerDose: new(5.0), VolumePerHour: new(12.0), VolumePerDay: new(50.0)}
		return c
	}
	c.Limits.MaxOnS = maybe("max_on", 30, 120)
	c.Limits.MinOffS = maybe("min_off", 5, 40)
	c.Limits.MinOnS = maybe("min_on", 5, 20)
	c.Guard.OverrideS = new(90.0)
	if rapid.Bool().Draw(t, "interlock") {
		c.Interlock = "group"
	}
	if rapid.Bool().Draw(t, "at_start") {
		c.AtStart = rapid.SampledFrom([]*Resting{keep(), rest(Level{On: new(true)})}).Draw(t, "rest")
		if c.Type == PWM && !c.AtStart.Keep {
			c.AtStart = rest(duty(60))
		}
	}
	if rapid.Bool().Draw(t, "finish") {
		c.Guard.OnRestart = "finish"
	}
	c.CurrentA = rapid.SampledFrom([]float64{0, 2, 4}).Draw(t, "current")
	return c
}

func (w *modelWorld) start() {
	w.panel, w.lanes, w.up = NewPanel(9), controller.NewLanes(), time.Now()
	for _, d := range w.truths { // as the fleet does, of what the stores say
		for index, s := range d.rig.kept {
			if s.Active() && !doses(s.Level) && index < len(d.cfg) {
				w.panel.Assume(d.name, index, Load{Name: d.name, Group: d.cfg[index].Interlock, CurrentA: d.cfg[index].CurrentA})
			}
		}
	}
	w.outputs = nil
	for k, d := range w.truths {
		w.outputs = append(w.outputs, w.launch(k, d))
	}
}

// launch starts one output; a device that refuses is tried again by revive.
func (w *modelWorld) launch(k int, d *truth) *running {
	d.rig.panel, d.rig.ref = w.panel, d.name
	o := d.rig.outputOf(d, w.lanes, slices.Clone(d.cfg))
	for n := range d.cfg {
		w.ends[[2]int{k, n}] = time.Now()
		if r := d.cfg[n].AtStart; r != nil || d.cfg[n].Guard.OnRestart == "finish" { // on, or kept on, for its longest time
			w.ends[[2]int{k, n}] = time.Now().Add(1000 * time.Hour)
		}
	}
	_ = o.Initialize(context.Background())
	ctx, cancel := context.WithCancel(controller.NewContext(context.Background(), &reporter{}))
	u := &running{Output: o, end: cancel, ended: make(chan error, 1)}
	go func() { u.ended <- o.Run(ctx) }()
	return u
}

func (w *modelWorld) crash() {
	for _, u := range w.outputs {
		u.crash()
	}
	w.outputs = nil
}

// look asserts what must hold at rest.
func (w *modelWorld) look(t *rapid.T) {
	synctest.Wait()
	now := time.Now()
	for k, d := range w.truths {
		d.mu.Lock()
		well := !d.healthy.IsZero() && now.Sub(d.healthy) > retryCap+2*time.Second && now.Sub(w.up) > retryCap+2*time.Second
		for n, cfg := range d.cfg {
			if cfg.Type == Volume {
				d.volumes(w, n, now)
				continue
			}
			on := now.Sub(d.since[n])
			if most := cfg.Limits.MaxOnS; well && most != nil && d.on[n] && on > seconds(*most)+time.Second {
				w.fault("%s/%d is on for %v, at most %g s", d.name, n, on, *most)
			}
			end := w.ends[[2]int{k, n}].Add(seconds(orElse(cfg.Limits.MinOnS, 0)) + 2*time.Second)
			if well && d.on[n] && now.After(end) {
				w.fault("%s/%d is on at %v, and nobody drives it since %v: %+v", d.name, n, now, w.ends[[2]int{k, n}], w.outputs[k].States()[n])
			}
			if well && d.on[n] && !w.latched.IsZero() && now.Sub(w.latched) > retryCap+2*time.Second {
				w.fault("%s/%d is on although everything is stopped", d.name, n)
			}
		}
		d.mu.Unlock()
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.faults) > 0 {
		t.Fatalf("%s, after\n%s", w.faults[0], strings.Join(w.trace[max(0, len(w.trace)-40):], "\n"))
	}
}

// modelProperty runs random steps in a bubble of virtual time; what a failed step panics with is handed out of it.
func modelProperty(t *testing.T, steps *int) func(*rapid.T) {
	t.Helper()
	return func(rt *rapid.T) {
		var failed any
		synctest.Test(t, func(*testing.T) {
			defer func() { failed = recover() }()
			w := newModel(rt)
			w.start()
			defer func() {
				w.crash()
				*steps += w.steps
			}()
			for range rapid.IntRange(20, 200).Draw(rt, "steps") {
				w.step(rt)
				w.look(rt)
			}
		})
		switch { // rapid tells failures apart by where they come from
		case failed == nil:
		case fmt.Sprintf("%T", failed) == "rapid.invalidData":
			panic(failed)
		default:
			panic(failed)
		}
	}
}

func newModel(t *rapid.T) *modelWorld {
	w := &modelWorld{ends: map[[2]int]time.Time{}}
	for k := range 3 {
		d := &truth{
			name: fmt.Sprintf("output/%d", k+1), rig: newRig(), on: make([]bool, 3), since: make([]time.Time, 3), level: make([]Level, 3),
			doses: make([][]Dose, 3), healthy: time.Now(), world: w,
		}
		for n := range 3 {
			d.cfg = append(d.cfg, modelConfig(t, n))
		}
		w.truths = append(w.truths, d)
	}
	return w
}

func TestModelOutputsKeepTheirPromises(t *testing.T) {
	want := 10_000
	if long := os.Getenv("HYPHA_LONG"); long != "" {
		want = 1_000_000
		if n, err := strconv.Atoi(long); err == nil && n > 1 {
			want = n
		}
	}
	steps := 0
	for steps < want && !t.Failed() {
		rapid.Check(t, modelProperty(t, &steps))
	}
	t.Logf("%d steps", steps)
}
