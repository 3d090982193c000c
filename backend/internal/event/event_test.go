package event

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// fact is a value of one key.
type fact struct {
	key string
	n   int
}

func byKey(f fact) string { return f.key }

// text is "seq:key=n ..." of entries.
func text(entries []Entry[fact]) string {
	parts := make([]string, len(entries))
	for i, e := range entries {
		parts[i] = fmt.Sprintf("%d:%s=%d", e.Seq, e.V.key, e.V.n)
	}
	return strings.Join(parts, " ")
}

func TestWhatASubscriberSees(t *testing.T) {
	sum := func(older, newer fact) fact { return fact{newer.key, older.n + newer.n} }
	for _, c := range []struct {
		name    string
		o       Options[fact]
		publish []fact
		want    string
		dropped uint64
	}{
		{"all of it below the bound", Options[fact]{Buffer: 3, Key: byKey}, []fact{{"a", 1}, {"a", 2}, {"b", 3}}, "1:a=1 2:a=2 3:b=3", 0},
		{"the newest without a key", Options[fact]{Buffer: 2}, []fact{{"a", 1}, {"b", 2}, {"c", 3}}, "2:b=2 3:c=3", 1},
		{"one of each key beyond the bound", Options[fact]{Buffer: 2, Key: byKey}, []fact{{"a", 1}, {"b", 2}, {"a", 3}}, "2:b=2 3:a=3", 0},
		{"more keys than the bound", Options[fact]{Buffer: 1, Key: byKey}, []fact{{"a", 1}, {"b", 2}, {"c", 3}, {"b", 4}}, "1:a=1 3:c=3 4:b=4", 0},
		{"merged", Options[fact]{Buffer: 2, Key: byKey, Merge: sum}, []fact{{"a", 1}, {"a", 2}, {"b", 5}, {"a", 4}}, "3:b=5 4:a=7", 0},
		{"a bound of nothing is one", Options[fact]{}, []fact{{"a", 1}, {"a", 2}}, "2:a=2", 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			topic := NewTopic[fact](NewHub(), "facts", 0)
			sub := topic.Subscribe(c.o)
			defer sub.Close()
			for _, f := range c.publish {
				topic.Publish(f)
			}
			if got := text(sub.Take(nil)); got != c.want {
				t.Errorf("took %q, want %q", got, c.want)
			}
			if got := sub.Dropped(); got != c.dropped {
				t.Errorf("%d dropped, want %d", got, c.dropped)
			}
			if again := sub.Take(nil); len(again) != 0 {
				t.Errorf("taken twice: %q", text(again))
			}
		})
	}
}

func TestConflationEndsWhenAllIsTaken(t *testing.T) {
	topic := NewTopic[fact](NewHub(), "facts", 0)
	calls := 0
	sub := topic.Subscribe(Options[fact]{Buffer: 2, Key: func(f fact) string { calls++; return f.key }})
	defer sub.Close()
	for n := range 4 {
		topic.Publish(fact{"a", n})
	}
	sub.Take(nil)
	calls = 0
	topic.Publish(fact{"a", 5})
	topic.Publish(fact{"a", 6})
	if got := text(sub.Take(nil)); got != "5:a=5 6:a=6" || calls != 0 {
		t.Errorf("took %q with %d calls of Key", got, calls)
	}
}

func TestTokenTellsThatSomethingWaits(t *testing.T) {
	topic := NewTopic[fact](NewHub(), "facts", 0)
	sub := topic.Subscribe(Options[fact]{Buffer: 8})
	token := func() bool {
		select {
		case _, ok := <-sub.C():
			return ok
		default:
			return false
		}
	}
	if token() {
		t.Error("a token, and nothing waits")
	}
	topic.Publish(fact{"a", 1})
	topic.Publish(fact{"a", 2})
	if !token() || token() {
		t.Error("not exactly one token for two entries")
	}
	topic.Publish(fact{"a", 3})
	if got := sub.Take(nil); len(got) != 3 || token() {
		t.Errorf("took %d, or a token is left for nothing", len(got))
	}
	topic.Publish(fact{"a", 4})
	topic.Publish(fact{"a", 5})
	if e, err := sub.Next(t.Context()); err != nil || e.V.n != 4 || !token() {
		t.Errorf("%v, %v, or no token for the second", e, err)
	}
	sub.Take(nil)
	topic.Publish(fact{"a", 6})
	topic.Publish(fact{"a", 7})
	token()
	if _, err := sub.Next(t.Context()); err != nil || !token() {
		t.Errorf("%v, or the token was not put back for the one that still waits", err)
	}
}

func TestNextWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		topic := NewTopic[fact](NewHub(), "facts", 0)
		sub := topic.Subscribe(Options[fact]{Buffer: 8})
		time.AfterFunc(time.Minute, func() { topic.Publish(fact{"a", 1}) })
		if e, err := sub.Next(t.Context()); err != nil || e.V.n != 1 {
			t.Error(e, err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := sub.Next(ctx); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		time.AfterFunc(time.Minute, sub.Close)
		if _, err := sub.Next(t.Context()); !errors.Is(err, ErrClosed) {
			t.Error(err)
		}
	})
}

func TestClose(t *testing.T) {
	hub := NewHub()
	topic := NewTopic[fact](hub, "facts", 0)
	sub, other := topic.Subscribe(Options[fact]{Buffer: 1}), topic.Subscribe(Options[fact]{Buffer: 1})
	defer other.Close()
	topic.Publish(fact{"a", 1})
	topic.Publish(fact{"a", 2})
	sub.Close()
	sub.Close()
	topic.Publish(fact{"a", 3})
	if e, err := sub.Next(t.Context()); err != nil || e.V.n != 2 {
		t.Errorf("what waited: %v, %v", e, err)
	}
	if _, err := sub.Next(t.Context()); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
	for range sub.C() { // ends, for Close closes it
	}
	sub.Take(nil)
	if n, dropped := topic.Stats(); n != 1 || dropped != 3 {
		t.Errorf("%d subscribers, %d dropped", n, dropped)
	}
	want := TopicStats{Name: "facts", Published: 3, Subscribers: 1, Dropped: 3}
	if got := hub.Stats(); len(got) != 1 || got[0] != want || topic.Name() != "facts" {
		t.Errorf("%+v, want %+v", got, want)
	}
}

func TestPanickingKeyHurtsOnlyItsPublication(t *testing.T) {
	hub := NewHub()
	topic := NewTopic[fact](hub, "facts", 4)
	sub := topic.Subscribe(Options[fact]{Buffer: 1, Key: func(f fact) string {
		if f.key == "" {
			panic("no key")
		}
		return f.key
	}})
	defer sub.Close()
	topic.Publish(fact{"a", 1})
	func() {
		defer func() { _ = recover() }()
		topic.Publish(fact{"", 2})
	}()
	if seq := topic.Publish(fact{"a", 3}); seq != 3 || hub.Seq() != 3 {
		t.Errorf("number %d", seq)
	}
	if got := text(sub.Take(nil)); got != "3:a=3" {
		t.Errorf("took %q", got)
	}
}

func TestSince(t *testing.T) {
	hub := NewHubAt(100)
	topic, other := NewTopic[fact](hub, "facts", 3), NewTopic[int](hub, "others", 0)
	for n := range 5 {
		topic.Publish(fact{"a", n}) // 101 103 105 107 109; 105 and on are kept
		other.Publish(n)
	}
	for _, c := range []struct {
		seq      uint64
		want     string
		complete bool
	}{
		{0, "105:a=2 107:a=3 109:a=4", false},
		{102, "105:a=2 107:a=3 109:a=4", false}, // 103 has left
		{103, "105:a=2 107:a=3 109:a=4", true},
		{106, "107:a=3 109:a=4", true},
		{110, "", true},
		{111, "", false}, // of another process: nobody was given that number here
	} {
		got, complete := topic.Since(c.seq)
		if text(got) != c.want || complete != c.complete {
			t.Errorf("since %d: %q %v, want %q %v", c.seq, text(got), complete, c.want, c.complete)
		}
	}
	if _, complete := other.Since(109); complete {
		t.Error("a ring of nothing is complete")
	}
	if _, complete := other.Since(110); !complete {
		t.Error("nothing has come after 110")
	}
	if _, complete := NewTopic[int](hub, "new", 1).Since(99); complete {
		t.Error("99 is of an earlier process")
	}
}

// TestProperties plays random publications and takings against a plain list of all that was published.
func TestProperties(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hub := NewHub()
		ring := rapid.IntRange(0, 6).Draw(t, "ring")
		topic := NewTopic[fact](hub, "facts", ring)
		noise := NewTopic[int](hub, "noise", 0)
		buffer := rapid.IntRange(1, 6).Draw(t, "buffer")
		merge := rapid.SampledFrom([]func(a, b fact) fact{nil, func(_, b fact) fact { return b }}).Draw(t, "merge")
		conflating := topic.Subscribe(Options[fact]{Buffer: buffer, Key: byKey, Merge: merge})
		dropping := topic.Subscribe(Options[fact]{Buffer: buffer})
		var all []Entry[fact]            // the truth
		seen := map[string]Entry[fact]{} // by the conflating one
		var lastC, lastD, got uint64

		look := func(e Entry[fact], last *uint64) {
			if e.Seq <= *last {
				t.Fatalf("%d came after %d", e.Seq, *last)
			}
			*last = e.Seq
			if i := slices.IndexFunc(all, func(a Entry[fact]) bool { return a.Seq == e.Seq }); i < 0 || all[i] != e {
				t.Fatalf("%+v was never published", e)
			}
		}
		take := func(s *Subscription[fact], each func(Entry[fact])) {
			if rapid.Bool().Draw(t, "all") {
				for _, e := range s.Take(nil) {
					each(e)
				}
				return
			}
			if e, ok, _ := s.pop(); ok {
				each(e)
			}
		}
		fromC := func(e Entry[fact]) { look(e, &lastC); seen[e.V.key] = e }
		fromD := func(e Entry[fact]) { look(e, &lastD); got++ }
		t.Repeat(map[string]func(*rapid.T){
			"publish": func(t *rapid.T) {
				f := fact{rapid.SampledFrom([]string{"a", "b", "c", "d"}).Draw(t, "key"), len(all)}
				all = append(all, Entry[fact]{topic.Publish(f), f})
			},
			"noise":     func(*rapid.T) { noise.Publish(0) },
			"conflated": func(*rapid.T) { take(conflating, fromC) },
			"dropped":   func(*rapid.T) { take(dropping, fromD) },
			"": func(t *rapid.T) {
				for _, s := range []*Subscription[fact]{conflating, dropping} {
					if n := s.waiting(); (n > 0) != (len(s.ready) == 1) {
						t.Fatalf("%d wait, %d tokens", n, len(s.ready))
					} else if n > max(buffer, 4) {
						t.Fatalf("%d wait", n)
					} else if cap(s.queue) > 4*max(buffer, 4) {
						t.Fatalf("room for %d", cap(s.queue))
					}
				}
				seq := rapid.Uint64Range(0, hub.Seq()+1).Draw(t, "since")
				entries, complete := topic.Since(seq)
				i := slices.IndexFunc(all, func(e Entry[fact]) bool { return e.Seq > seq })
				if i < 0 {
					i = len(all)
				}
				want := all[max(i, len(all)-ring):]
				if !slices.Equal(entries, want) {
					t.Fatalf("since %d: %q, want %q", seq, text(entries), text(want))
				}
				if complete != (seq <= hub.Seq() && len(want) == len(all)-i) {
					t.Fatalf("since %d: complete is %v", seq, complete)
				}
			},
		})
		for _, e := range conflating.Take(nil) {
			fromC(e)
		}
		for _, e := range dropping.Take(nil) {
			fromD(e)
		}
		newest := map[string]Entry[fact]{}
		for _, e := range all {
			newest[e.V.key] = e
		}
		for key, e := range newest {
			if seen[key] != e {
				t.Fatalf("the newest of %s is %+v, seen was %+v", key, e, seen[key])
			}
		}
		if dropping.Dropped()+got != uint64(len(all)) || conflating.Dropped() != 0 {
			t.Fatalf("%d published, %d got, %d dropped", len(all), got, dropping.Dropped())
		}
	})
}

func TestManyPublishersAndSubscribersAtOnce(t *testing.T) {
	hub := NewHub()
	topic := NewTopic[fact](hub, "facts", 64)
	const publishers, each = 4, 2000
	var readers, writers sync.WaitGroup
	ctx, cancel := context.WithCancel(t.Context())
	for r := range 4 {
		sub := topic.Subscribe(Options[fact]{Buffer: 16, Key: byKey})
		readers.Go(func() {
			defer sub.Close()
			newest, last := map[string]int{}, uint64(0)
			read := func(batch []Entry[fact]) {
				for _, e := range batch {
					if e.Seq <= last || e.V.n <= newest[e.V.key] {
						t.Errorf("%+v came after %d, %d", e, last, newest[e.V.key])
					}
					last, newest[e.V.key] = e.Seq, e.V.n
				}
			}
			for ctx.Err() == nil {
				if r%2 == 0 {
					e, err := sub.Next(ctx)
					if err == nil {
						read([]Entry[fact]{e})
					}
					continue
				}
				select {
				case <-sub.C():
					read(sub.Take(nil))
				case <-ctx.Done():
				}
			}
			read(sub.Take(nil))
			for p := range publishers {
				if got := newest[fmt.Sprint(p)]; got != each {
					t.Errorf("publisher %d: newest seen %d", p, got)
				}
			}
		})
	}
	for p := range publishers {
		writers.Go(func() {
			for n := 1; n <= each; n++ {
				seq := topic.Publish(fact{fmt.Sprint(p), n})
				if hub.Seq() < seq {
					t.Errorf("Seq is behind %d", seq)
				}
			}
		})
	}
	writers.Wait()
	cancel()
	readers.Wait()
}

// BenchmarkPublish is the price of a publication with a ring and so many subscribers of which none ever
// takes anything: the dearest case, and the one that must not matter to the publisher.
func BenchmarkPublish(b *testing.B) {
	keys := make([]string, 1000)
	for i := range keys {
		keys[i] = fmt.Sprint("input/", i)
	}
	for _, n := range []int{0, 1, 5, 20} {
		for _, kind := range []string{"slow", "conflating", "awake"} {
			b.Run(fmt.Sprintf("%d %s", n, kind), func(b *testing.B) {
				topic := NewTopic[fact](NewHub(), "facts", 4096)
				o := Options[fact]{Buffer: 256}
				if kind != "slow" {
					o.Key = byKey
				}
				subs := make([]*Subscription[fact], n)
				for i := range subs {
					subs[i] = topic.Subscribe(o)
				}
				var batch []Entry[fact]
				i := 0
				b.ReportAllocs()
				for b.Loop() {
					topic.Publish(fact{keys[i%len(keys)], i})
					i++
					if kind == "awake" && i%16 == 0 {
						for _, s := range subs {
							batch = s.Take(batch[:0])
						}
					}
				}
			})
		}
	}
}
