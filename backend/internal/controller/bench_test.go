package controller

import (
	"context"
	"fmt"
	"log/slog"
	"runtime"
	"sync"
	"testing"
	"time"
)

// BenchmarkCall is the price of a call on a lane that is free, beyond what is called.
func BenchmarkCall(b *testing.B) {
	lane := NewLanes().Lane("")
	f := func(context.Context) (float64, error) { return 1, nil }
	b.ReportAllocs()
	for b.Loop() {
		if _, err := Call(b.Context(), lane, time.Second, f); err != nil {
			b.Fatal(err)
		}
	}
}

// BenchmarkRound is one round of sensors of 100 ms that block and know no context, in real time: as in a
// running program each has a goroutine, a context and a lane of its own, and all are due at once. x_latency is the
// time of the round in units of one sensor's; serial_x_latency is what one after the other would take.
func BenchmarkRound(b *testing.B) {
	for _, n := range []int{2, 100, 1000, 10_000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			lanes := NewLanes()
			var sensors, round sync.WaitGroup
			due := make([]chan struct{}, n)
			for i := range due {
				due[i] = make(chan struct{}, 1)
				sensors.Go(func() {
					ctx, cancel := context.WithCancel(context.Background())
					defer cancel()
					lane := lanes.Lane("")
					defer lane.Release()
					for range due[i] {
						if _, err := Call(ctx, lane, 10*time.Second, read); err != nil {
							b.Error(err)
						}
						round.Done()
					}
				})
			}
			for b.Loop() {
				round.Add(n)
				for _, d := range due {
					d <- struct{}{}
				}
				round.Wait()
			}
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)/latency.Seconds(), "x_latency")
			b.ReportMetric(float64(n), "serial_x_latency")
			for _, d := range due {
				close(d)
			}
			sensors.Wait()
		})
	}
}

// BenchmarkFleet starts and stops 10 000 controllers and reports what one costs while it runs.
func BenchmarkFleet(b *testing.B) {
	const n = 10_000
	var bytes, goroutines float64
	for b.Loop() {
		before, g := memory(), runtime.NumGoroutine()
		m := NewManager(Config{Logger: slog.New(slog.DiscardHandler)})
		for i := range n {
			if err := m.Start(Ref(fmt.Sprint("input/", i)), &fake{}, Policy{}); err != nil {
				b.Fatal(err)
			}
		}
		for m.Counts()[Running] < n {
			runtime.Gosched()
		}
		bytes = float64(memory()-before) / n
		goroutines = float64(runtime.NumGoroutine()-g) / n
		if err := m.Close(b.Context()); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(bytes, "B/controller")
	b.ReportMetric(goroutines, "goroutines/controller")
}

// memory is what heap and stacks use now.
func memory() uint64 {
	runtime.GC()
	var s runtime.MemStats
	runtime.ReadMemStats(&s)
	return s.HeapAlloc + s.StackInuse
}
