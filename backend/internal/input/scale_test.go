package input

import (
	"context"
	"fmt"
	"io"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"hypha/internal/controller"
	"hypha/internal/host"
	"hypha/internal/measure"
)

// TestAThousandSlowSensorsTakeAsLongAsTwo runs sensors of 100 ms under the real manager, each on a lane of its own.
func TestAThousandSlowSensorsTakeAsLongAsTwo(t *testing.T) {
	for _, n := range []int{2, 1000} {
		t.Run(fmt.Sprint(n), func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				m := controller.NewManager(quiet())
				d := &device{read: takes(100 * time.Millisecond)}
				s := &sink{}
				lanes := controller.NewLanes()
				began := time.Now()
				for k := range n {
					in := newInput(t, kindOf(d, 1, time.Second), s, func(c *Config) {
						c.Lanes, c.Epoch, c.Channels[0].ID = lanes, began, measure.ChannelID(k+1)
					})
					if err := m.Start(controller.Ref(fmt.Sprintf("input/%d", k)), in, controller.Policy{}); err != nil {
						t.Fatal(err)
					}
				}
				later(100 * time.Millisecond)
				if got := len(s.of(0)); got != n {
					t.Fatalf("after 100 ms %d of %d sensors are read", got, n)
				}
				if counts := m.Counts(); counts[controller.Running] != n {
					t.Errorf("controllers: %v", counts)
				}
				// From now on they all beat at the same moment, and none is late.
				later(10 * time.Second)
				if got := len(s.of(0)); got != 11*n {
					t.Errorf("after 10 more beats of all: %d readings, want %d", got, 11*n)
				}
				last := s.at[len(s.at)-1]
				if off := last.Sub(began) % time.Second; off != 100*time.Millisecond {
					t.Errorf("the last reading of a beat came after %v", off)
				}
				later(500 * time.Millisecond)
				if err := m.Close(t.Context()); err != nil {
					t.Error(err)
				}
			})
		})
	}
}

func TestSpreadIsEven(t *testing.T) {
	for _, period := range []time.Duration{100 * time.Millisecond, time.Second, 15 * time.Second, time.Hour} {
		const inputs = 1000
		span := min(period, 10*time.Second)
		phases := make([]time.Duration, inputs)
		for n := range phases {
			phases[n] = Spread(int64(n+1), period)
			if phases[n] < 0 || phases[n] >= span {
				t.Fatalf("phase %v of input %d is outside of %v", phases[n], n, span)
			}
		}
		// No tenth of the span has more than its share and a little.
		tenths := make([]int, 10)
		for _, p := range phases {
			tenths[min(9, int(10*p/span))]++
		}
		if slices.Max(tenths) > 130 || slices.Min(tenths) < 70 {
			t.Errorf("period %v: %v inputs in each tenth of %v", period, tenths, span)
		}
	}
	first := Spread(17, time.Second)
	if again := Spread(17, time.Second); again != first {
		t.Error("the phase of an input changes")
	}
}

func TestAKindDeclaresItself(t *testing.T) {
	d := &device{}
	for name, broken := range map[string]Spec[noOptions]{
		"neither opens nor listens": {ID: "x", Period: time.Second},
		"both":                      {ID: "x", Period: time.Second, Open: d.open, Listen: waitFor},
		"reads without a period":    {ID: "x", Open: d.open},
	} {
		func() {
			defer func() {
				if recover() == nil {
					t.Errorf("%s: no panic", name)
				}
			}()
			Define(broken)
		}()
	}
	k := kindOf(d, 2, time.Minute)
	if k.MinPeriod <= 0 || k.Timeout != time.Second {
		t.Errorf("defaults: %+v", k)
	}
	if _, err := k.Bind([]byte(`{"spead":1}`)); err == nil {
		t.Error("an unknown option was taken")
	}
	var e error = ChannelErrors{3: io.EOF, 1: errNoAnswer}
	if got := e.Error(); got != "channel 1: no answer (and 1 more)" {
		t.Errorf("%q", got)
	}
}

// nothing is a reader that costs nothing, and a sink.
type nothing struct{ value [1]float64 }

func (n *nothing) Read(context.Context) ([]float64, error) { return n.value[:], nil }
func (*nothing) Accept(context.Context, []measure.Reading) {}
func (*nothing) Beat(time.Duration, int)                   {}

// BenchmarkReading is one reading on its way from the driver to the sink: on a lane, as drivers that may block are read,
// and without one.
func BenchmarkReading(b *testing.B) {
	for _, prompt := range []bool{false, true} {
		b.Run(map[bool]string{false: "lane", true: "prompt"}[prompt], func(b *testing.B) {
			n := &nothing{}
			k := Define(Spec[noOptions]{
				ID: "fake", Period: time.Second, Channels: channels(1), Prompt: func(noOptions) bool { return prompt },
				Open: func(context.Context, noOptions, host.Host) (Reader, error) { return n, nil },
			})
			in := newInput(b, k, n)
			if err := in.Initialize(b.Context()); err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				if _, err := in.readBeat(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
			if err := in.Stop(b.Context()); err != nil {
				b.Fatal(err)
			}
		})
	}
}
