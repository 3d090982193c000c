package notify

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"pgregory.net/rapid"
)

// shelf is a store in memory.
type shelf struct {
	mu   sync.Mutex
	all  []Delivery
	fail error
}

func (s *shelf) Add(_ context.Context, d *Delivery) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return s.fail
	}
	d.ID = int64(len(s.all) + 1)
	s.all = append(s.all, *d)
	return nil
}

func (s *shelf) Update(_ context.Context, d Delivery) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fail != nil {
		return s.fail
	}
	s.all[d.ID-1] = d
	return nil
}

func (s *shelf) Waiting(context.Context) (waiting []Delivery, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.all {
		if d.State == Waiting {
			waiting = append(waiting, d)
		}
	}
	return waiting, s.fail
}

func (s *shelf) states() (states []DeliveryState) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, d := range s.all {
		states = append(states, d.State)
	}
	return states
}

// office is a queue with services of the test.
type office struct {
	*Queue
	shelf *shelf
	mu    sync.Mutex
	came  []string // "route title", as the services took them
	tries []time.Time
	told  []Delivery
	// answer is what a service says; nil: it takes everything.
	answer func(ctx context.Context, route int64, m Message) error
	end    func()
}

type service0 struct {
	o     *office
	route int64
}

func (s service0) Send(ctx context.Context, m Message) error {
	s.o.mu.Lock()
	s.o.tries = append(s.o.tries, time.Now())
	s.o.mu.Unlock()
	if s.o.answer != nil {
		if err := s.o.answer(ctx, s.route, m); err != nil {
			return err
		}
	}
	s.o.mu.Lock()
	defer s.o.mu.Unlock()
	s.o.came = append(s.o.came, fmt.Sprintf("%d %s", s.route, m.Title))
	return nil
}

func newOffice(t *testing.T, s *shelf, cfg QueueConfig, answer func(ctx context.Context, route int64, m Message) error) *office {
	t.Helper()
	o := &office{shelf: s, answer: answer}
	cfg.Store, cfg.Logger = s, slog.New(slog.DiscardHandler)
	cfg.Sender = func(_ context.Context, route int64) (Sender, bool, error) {
		return service0{o, route}, route < 100, nil
	}
	cfg.Told = func(d Delivery) {
		o.mu.Lock()
		defer o.mu.Unlock()
		o.told = append(o.told, d)
	}
	o.Queue = NewQueue(cfg)
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() { defer close(ended); _ = o.Run(ctx) }()
	o.end = func() { cancel(); <-ended }
	return o
}

func (o *office) send(titles ...string) {
	for _, title := range titles {
		o.Add(context.Background(), Message{Title: title}, 1)
	}
	synctest.Wait()
}

// sent are the messages that the services have taken.
func (o *office) sent() []string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.came)
}

func (o *office) tried() []time.Time {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.tries)
}

func (o *office) toldOf() []Delivery {
	o.mu.Lock()
	defer o.mu.Unlock()
	return slices.Clone(o.told)
}

func (s *shelf) first() Delivery {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all[0]
}

func later(d time.Duration) {
	<-time.After(d)
	synctest.Wait()
}

func (o *office) put(came []string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.came = append(came, o.came...)
}

func TestMessagesAreSentInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t, &shelf{}, QueueConfig{}, nil)
		defer o.end()
		o.send("a", "b", "c")
		if !slices.Equal(o.sent(), []string{"1 a", "1 b", "1 c"}) || o.Len() != 0 {
			t.Errorf("%v, %d wait", o.sent(), o.Len())
		}
		if got := o.shelf.states(); !slices.Equal(got, []DeliveryState{Sent, Sent, Sent}) {
			t.Errorf("%v", got)
		}
	})
}

func TestAFailureIsTriedAgainWithGrowingPauses(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var up atomic.Bool
		o := newOffice(t, &shelf{}, QueueConfig{}, func(context.Context, int64, Message) error {
			if !up.Load() {
				return &Failure{Reason: "down"}
			}
			return nil
		})
		defer o.end()
		o.send("a", "b")
		later(5 * time.Minute)
		tries := o.tried()
		for i := 2; i < len(tries); i++ {
			if tries[i].Sub(tries[i-1]) < tries[i-1].Sub(tries[i-2]) {
				t.Errorf("pauses do not grow: %v", tries)
			}
		}
		if n := len(tries); n < 4 || n > 6 {
			t.Errorf("%d tries in 5 min", n)
		}
		if len(o.toldOf()) != 1 || o.toldOf()[0].State != Waiting || o.toldOf()[0].Error != "down" {
			t.Errorf("people were told %d times: %+v", len(o.toldOf()), o.toldOf())
		}
		up.Store(true)
		later(10 * time.Minute)
		if !slices.Equal(o.sent(), []string{"1 a", "1 b"}) {
			t.Errorf("%v", o.sent())
		}
	})
}

func TestTheServiceIsLeftAloneAsLongAsItAsks(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t, &shelf{}, QueueConfig{}, func(context.Context, int64, Message) error {
			return &Failure{Reason: "too many", After: time.Hour}
		})
		defer o.end()
		o.send("a")
		later(59 * time.Minute)
		if tries := o.tried(); len(tries) != 1 {
			t.Errorf("%d tries within the hour", len(tries))
		}
		o.Retry(1)
		synctest.Wait()
		if tries := o.tried(); len(tries) != 2 {
			t.Errorf("a change of the settings tries at once: %d tries", len(tries))
		}
	})
}

func TestItGivesUpInTheEnd(t *testing.T) {
	for name, c := range map[string]struct {
		err      error
		within   time.Duration
		attempts int
	}{
		"refused":    {&Failure{Reason: "wrong token", Hopeless: true}, 10 * time.Minute, 5},
		"away":       {&Failure{Reason: "away"}, 24*time.Hour + time.Minute, 0},
		"Go's error": {errors.New("strange"), 24*time.Hour + time.Minute, 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				o := newOffice(t, &shelf{}, QueueConfig{}, func(context.Context, int64, Message) error { return c.err })
				defer o.end()
				o.send("a")
				later(c.within)
				if got := o.shelf.states(); got[0] != GivenUp || o.Len() != 0 {
					t.Errorf("%v after %s", got, c.within)
				}
				if n := o.shelf.first().Attempts; c.attempts != 0 && n != c.attempts || n < 5 {
					t.Errorf("%d attempts", n)
				}
				told := o.toldOf()
				if last := told[len(told)-1]; last.State != GivenUp || last.Error != c.err.Error() {
					t.Errorf("told %+v", last)
				}
			})
		})
	}
}

func TestARouteThatIsGoneTakesItsMessagesWithIt(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t, &shelf{}, QueueConfig{}, nil)
		defer o.end()
		o.Add(t.Context(), Message{Title: "a"}, 100)
		synctest.Wait()
		if got := o.shelf.states(); got[0] != GivenUp {
			t.Errorf("%v", got)
		}
	})
}

func TestARouteThatHangsHoldsUpNoOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t, &shelf{}, QueueConfig{}, func(ctx context.Context, route int64, _ Message) error {
			if route == 1 {
				<-ctx.Done()
				return ctx.Err()
			}
			return nil
		})
		defer o.end()
		o.Add(t.Context(), Message{Title: "a"}, 1, 2, 3)
		synctest.Wait()
		if len(o.sent()) != 2 {
			t.Errorf("%v", o.sent())
		}
		later(26 * time.Second)
		if d := o.shelf.first(); d.Attempts != 1 || d.State != Waiting {
			t.Errorf("%+v", d)
		}
	})
}

func TestWhatWaitsOutlivesARestart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		o := newOffice(t, s, QueueConfig{}, func(context.Context, int64, Message) error { return &Failure{Reason: "down"} })
		o.send("a", "b")
		o.end()
		o = newOffice(t, s, QueueConfig{}, nil)
		defer o.end()
		o.send("c")
		if !slices.Equal(o.sent(), []string{"1 a", "1 b", "1 c"}) {
			t.Errorf("%v", o.sent())
		}
	})
}

func TestASendThatIsCutShortIsMadeAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &shelf{}
		o := newOffice(t, s, QueueConfig{}, func(ctx context.Context, _ int64, _ Message) error { <-ctx.Done(); return ctx.Err() })
		o.send("a")
		o.end()
		if got := s.first(); got.State != Waiting || got.Attempts != 0 {
			t.Errorf("%+v", got)
		}
	})
}

func TestAFullDiskKeepsNothingFromBeingSent(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		o := newOffice(t, &shelf{fail: errors.New("disk full")}, QueueConfig{}, nil)
		defer o.end()
		o.send("a", "b")
		if len(o.sent()) != 2 {
			t.Errorf("%v", o.sent())
		}
	})
}

func TestTooManyLoseNeitherTheFirstNorTheLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var up atomic.Bool
		o := newOffice(t, &shelf{}, QueueConfig{Limit: 3}, func(context.Context, int64, Message) error {
			if !up.Load() {
				return &Failure{Reason: "down"}
			}
			return nil
		})
		defer o.end()
		o.send("a", "b", "c", "d", "e")
		if o.Len() != 3 {
			t.Errorf("%d wait", o.Len())
		}
		up.Store(true)
		later(time.Hour)
		if !slices.Equal(o.sent(), []string{"1 a", "1 d", "1 e"}) {
			t.Errorf("%v", o.sent())
		}
		if got := o.shelf.states(); !slices.Equal(got, []DeliveryState{Sent, GivenUp, GivenUp, Sent, Sent}) {
			t.Errorf("%v", got)
		}
	})
}

// Whatever services say and whenever the program ends: every message is sent or given up, in order, and none twice unless
// the program ended in between.
func TestEveryMessageHasAnEnd(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		synctest.Test(t, func(t *testing.T) {
			answers := rapid.SliceOfN(rapid.IntRange(0, 3), 1, 20).Draw(rt, "answers")
			var n atomic.Int64
			answer := func(context.Context, int64, Message) error {
				switch answers[int(n.Add(1))%len(answers)] {
				case 1:
					return &Failure{Reason: "later"}
				case 2:
					return &Failure{Reason: "never", Hopeless: true}
				case 3:
					return &Failure{Reason: "busy", After: time.Minute}
				}
				return nil
			}
			s := &shelf{}
			o := newOffice(t, s, QueueConfig{}, answer)
			sent := 0
			for range rapid.IntRange(1, 20).Draw(rt, "steps") {
				switch rapid.IntRange(0, 4).Draw(rt, "step") {
				case 0:
					o.end()
					came := o.sent()
					o = newOffice(t, s, QueueConfig{}, answer)
					o.put(came)
				case 1:
					later(time.Duration(rapid.IntRange(1, 600).Draw(rt, "s")) * time.Second)
				default:
					o.send(fmt.Sprintf("%03d", sent))
					sent++
				}
			}
			later(60 * time.Hour) // each has its day, and those behind a longest pause each
			defer o.end()
			if o.Len() != 0 {
				rt.Fatalf("%d still wait", o.Len())
			}
			if !slices.IsSorted(o.sent()) {
				rt.Fatalf("out of order: %v", o.sent())
			}
			delivered := 0
			for _, st := range s.states() {
				if st == Sent {
					delivered++
				}
			}
			if delivered != len(o.sent()) {
				rt.Fatalf("%d are noted as sent, the service has %d", delivered, len(o.sent()))
			}
		})
	})
}
