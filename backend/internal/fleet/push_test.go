package fleet

import (
	"math"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"hypha/internal/event"
	"hypha/internal/measure"
)

const twoSeries = `{"name":"P","kind":"fake_push","options":{"channels":[
	{"name":"a","quantity":"temperature","unit":"C"},{"name":"b","quantity":"humidity","unit":"percent"}]}}`

func TestPushedReadingsAreTakenAllOrNone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.bench.plug(1)
		p := w.addInput(twoSeries)
		read := w.addInput(`{"name":"A","kind":"fake_sensor"}`)
		off := w.addInput(`{"name":"Off","kind":"fake_push","enabled":false,"options":{"channels":[{"name":"a","quantity":"temperature","unit":"C"}]}}`)
		a, b := p.Channels[0].ID, p.Channels[1].ID
		now := time.Now().UnixMilli()
		day := (24 * time.Hour).Milliseconds()
		_, err := w.Ingest(t.Context(), []Pushed{
			{a, now, 20},
			{99, now, 1},
			{read.Channels[0].ID, now, 1},
			{off.Channels[0].ID, now, 1},
			{a, now + 2*day, 1},
			{a, -1, 1},
			{a, now - 400*day, 1},
			{b, now, math.NaN()},
			{b, math.MaxInt64, 1},
			{b, math.MinInt64, 1},
			{b, now, 50},
		})
		wantFaults(t, "a batch of many faults", err,
			"readings[1].channel", "readings[2].channel", "readings[3].channel", "readings[4].t", "readings[5].t",
			"readings[6].t", "readings[7].v", "readings[8].t", "readings[9].t")
		if len(w.values(a))+len(w.values(b)) != 0 {
			t.Error("something of a refused batch was stored")
		}
		n, err := w.Ingest(t.Context(), []Pushed{{a, now, 20}, {b, now, 50}, {a, now - 1000, 19}})
		if err != nil || n != 3 {
			t.Fatalf("%d accepted, %v", n, err)
		}
		if got := w.values(a); len(got) != 2 || got[0].V != 19 || got[1].V != 20 {
			t.Errorf("stored %v", got)
		}
		if in, err := w.Input(t.Context(), p.ID); err != nil || in.Status.LastAt == nil || in.Status.Reads != 1 {
			t.Errorf("status %+v, %v", in.Status, err)
		}
		if _, err := w.Ingest(t.Context(), nil); err != nil {
			t.Errorf("an empty batch: %v", err)
		}
	})
}

func TestARefusedBatchLeavesNoTraceInTheFilters(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		p := w.addInput(twoSeries)
		a := p.Channels[0].ID
		w.patchChannel(a, `{"filters":[{"kind":"delta","max_step":2}]}`)
		now := time.Now().UnixMilli()
		if _, err := w.Ingest(t.Context(), []Pushed{{a, now - 2000, 20}}); err != nil {
			t.Fatal(err)
		}
		batch := []Pushed{{a, now, 85}, {99, now, 1}} // a spike, and a channel that does not exist
		if _, err := w.Ingest(t.Context(), batch); err == nil {
			t.Fatal("a wrong batch was taken")
		}
		if _, err := w.Ingest(t.Context(), batch[:1]); err != nil { // sent again without it
			t.Fatal(err)
		}
		if got := w.values(a); got[len(got)-1].Q != measure.Rejected {
			t.Errorf("the spike was stored as %v", got[len(got)-1])
		}
	})
}

func TestLateAndRepeatedReadingsMerge(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		a := w.addInput(twoSeries).Channels[0].ID
		heard := w.Readings.Subscribe(event.Options[[]measure.Reading]{Buffer: 100})
		defer heard.Close()
		now := time.Now().UnixMilli()
		for _, p := range []Pushed{{a, now, 20}, {a, now - 60_000, 10}, {a, now, 21}, {a, now - 60_000, 11}} {
			if _, err := w.Ingest(t.Context(), []Pushed{p}); err != nil {
				t.Fatal(err)
			}
		}
		if got := w.values(a); len(got) != 2 || got[0].V != 11 || got[1].V != 21 {
			t.Errorf("stored %v", got)
		}
		if v, _, _ := w.Live.Get(a); v.V != 21 || v.T != now {
			t.Errorf("live %+v", v)
		}
		var told []float64
		for _, e := range heard.Take(nil) {
			told = append(told, e.V[0].V)
		}
		if len(told) != 2 || told[0] != 20 || told[1] != 21 {
			t.Errorf("the feed was told %v, want the two that were the newest", told)
		}
	})
}

func TestPushingWhileTheInputChangesNeverHitsAnotherChannel(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		p := w.addInput(twoSeries)
		a, b := p.Channels[0].ID, p.Channels[1].ID
		var wg sync.WaitGroup
		now := time.Now().UnixMilli()
		for k := range int64(4) {
			wg.Go(func() {
				for n := range int64(25) {
					// 20 °C or 68 °F, and 50 %: whatever is stored must be one of them, on its own channel.
					_, _ = w.Ingest(t.Context(), []Pushed{{a, now + 4*n + k, 20}, {b, now + 4*n + k, 50}})
					<-time.After(time.Millisecond)
				}
			})
		}
		for n := range 6 {
			<-time.After(3 * time.Millisecond)
			w.patchChannel(a, map[bool]string{true: `{"unit":"F"}`, false: `{"unit":"C"}`}[n%2 == 0])
			w.patchInput(p.ID, map[bool]string{
				true:  `{"options":{"channels":[{"name":"b","quantity":"humidity","unit":"percent"},{"name":"a","quantity":"temperature","unit":"C"}]}}`,
				false: `{"options":{"channels":[{"name":"a","quantity":"temperature","unit":"C"},{"name":"b","quantity":"humidity","unit":"percent"}]}}`,
			}[n%2 == 0])
		}
		wg.Wait()
		if got := w.values(a); len(got) == 0 {
			t.Error("nothing was taken")
		}
		for id, want := range map[measure.ChannelID]float64{a: 20, b: 50} {
			for _, r := range w.values(id) {
				if math.Abs(r.V-want) > 1e-9 {
					t.Errorf("channel %d has %v, want %v", id, r.V, want)
				}
			}
		}
	})
}

func TestReadingsThatWaitAreStoredBeforeTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		s := w.bench.plug(1)
		in := w.addInput(`{"name":"A","kind":"fake_sensor","period_s":1}`)
		later(10*time.Second + 300*time.Millisecond)
		w.restart()
		w.bench.mu.Lock()
		reads := s.reads
		w.bench.mu.Unlock()
		if got := len(w.values(in.Channels[0].ID)); got != reads {
			t.Errorf("%d readings are stored of %d reads", got, reads)
		}
	})
}
