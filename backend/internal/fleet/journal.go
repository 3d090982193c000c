package fleet

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"hypha/internal/controller"
	"hypha/internal/event"
	"hypha/internal/output"
	"hypha/internal/settings"
)

// journalQueue bounds the events that wait to be written; beyond it the newest are lost, counted and logged.
const journalQueue = 4096

// journal writes what happens for people: to the settings, and to the hub once it has its number.
type journal struct {
	store journalStore
	topic *event.Topic[Event]
	log   *slog.Logger
	queue chan settings.Event
	ask   chan chan struct{} // run closes what comes once all that was queued before is written
	lost  atomic.Uint64
	// unwritten are events that the store did not take, oldest first; only run touches them.
	unwritten []*settings.Event

	mu      sync.Mutex
	trouble map[controller.Ref]*trouble // controllers that are not well, as far as people know
	levels  map[outputChannel]told      // last state told
	refuses map[refusal]string          // what a function was refused last, and was told of
}

// trouble is what people were told of a controller since it fell ill.
type trouble struct {
	worst controller.State // told
	told  []string         // the reasons, at most maxReasons
	more  int              // failures that were not told
	well  time.Time        // since when it runs again; zero while it does not
}

// maxReasons bounds how many reasons are told of one illness: some devices give a new one each time.
const maxReasons = 5

// news tells whether a failure says anything that people do not know yet, and remembers it. The same failure again is
// counted.
func (t *trouble) news(s controller.Status) bool {
	t.well = time.Time{}
	worse := severity(s.State) > severity(t.worst)
	fresh := len(t.told) < maxReasons && !slices.ContainsFunc(t.told, func(told string) bool {
		// "reads fail: no answer" is no answer, whoever says it.
		return strings.HasSuffix(told, s.Error) || strings.HasSuffix(s.Error, told)
	})
	if !worse && !fresh {
		t.more++
		return false
	}
	if worse {
		t.worst = s.State
	}
	if fresh {
		t.told = append(t.told, s.Error)
	}
	return true
}

// severity orders the states of a controller that is not well.
func severity(s controller.State) int {
	switch s {
	case controller.Degraded:
		return 1
	case controller.BackingOff:
		return 2
	case controller.Failed:
		return 3
	case controller.Inactive, controller.Initializing, controller.Running, controller.Stopping, controller.Stopped:
	}
	return 0
}

// wellAfter is how long a controller must run again before people are told: a source that fails anew each time as soon as
// it is tried has never worked.
const wellAfter = 5 * time.Second

type outputChannel struct {
	output int64
	index  int
}

// told is what people were told last of an output channel.
type told struct {
	level  output.Level
	failed bool // the device did not take it
	by     string
	at     time.Time
	later  func() // tells what has changed since; nil: nothing
}

// journalStore is where the journal goes.
type journalStore interface {
	Append(ctx context.Context, events ...*settings.Event) error
}

func newJournal(store journalStore, topic *event.Topic[Event], log *slog.Logger) *journal {
	return &journal{
		store: store, topic: topic, log: log, queue: make(chan settings.Event, journalQueue), ask: make(chan chan struct{}),
		trouble: map[controller.Ref]*trouble{}, levels: map[outputChannel]told{}, refuses: map[refusal]string{},
	}
}

// add never blocks.
func (j *journal) add(kind, source, user, message string, data any) {
	j.addAt(time.Now(), kind, source, user, message, data)
}

// addAt is add for what happened some time ago.
func (j *journal) addAt(at time.Time, kind, source, user, message string, data any) {
	raw, err := json.Marshal(data)
	if err != nil {
		j.log.Error("an event could not be encoded", "type", kind, "error", err)
		return
	}
	e := settings.Event{T: at.UnixMilli(), Type: kind, Source: source, User: user, Message: message, Data: raw}
	select {
	case j.queue <- e:
	default:
		if j.lost.Add(1) == 1 {
			j.log.Error("the journal cannot keep up; events are lost and counted")
		}
	}
}

// audit notes what a person changed.
func (j *journal) audit(ref, action, by, message string) {
	j.add("audit", ref, by, message, map[string]string{"ref": ref, "action": action})
}

// controllerChanged notes when a controller falls ill, grows worse or fails for a new reason, and when it is well again;
// not each try in between.
func (j *journal) controllerChanged(s controller.Status) {
	j.mu.Lock()
	defer j.mu.Unlock()
	known := j.trouble[s.Ref]
	switch s.State {
	case controller.Degraded, controller.BackingOff, controller.Failed:
		if known == nil {
			known = &trouble{}
			j.trouble[s.Ref] = known
		}
		if !known.news(s) {
			return
		}
		j.add("controller", string(s.Ref), "", fmt.Sprintf("%s is %s: %s", s.Ref, stateWords(s.State), s.Error),
			map[string]any{"state": s.State, "error": s.Error, "attempt": s.Attempt})
	case controller.Running:
		if known != nil && known.well.IsZero() {
			known.well = time.Now()
		}
	case controller.Stopped, controller.Inactive:
		delete(j.trouble, s.Ref)
	case controller.Initializing, controller.Stopping:
	}
}

// tellRecovered notes which controllers have been well again for long enough.
func (j *journal) tellRecovered(now time.Time) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for ref, t := range j.trouble {
		if t.well.IsZero() || now.Sub(t.well) < wellAfter {
			continue
		}
		delete(j.trouble, ref)
		j.add("controller", string(ref), "", fmt.Sprintf("%s works again", ref), map[string]any{"state": controller.Running, "not_told": t.more})
	}
}

func stateWords(s controller.State) string {
	switch s {
	case controller.BackingOff:
		return "not answering and tried again"
	case controller.Failed:
		return "out of order"
	case controller.Degraded:
		return "degraded"
	case controller.Inactive, controller.Initializing, controller.Running, controller.Stopping, controller.Stopped:
	}
	return string(s)
}

// Note adds an entry of another part of the program to the journal.
func (f *Fleet) Note(kind, source, user, message string, data any) {
	f.journal.add(kind, source, user, message, data)
}

// Events lists the journal, newest first, and how many entries there are without limit and offset.
func (f *Fleet) Events(ctx context.Context, filter settings.EventFilter) ([]Event, int64, error) {
	f.journal.settle(ctx)
	rows, total, err := f.cfg.Store.Events.List(ctx, filter)
	if err != nil {
		return nil, 0, err
	}
	items := make([]Event, 0, len(rows))
	for _, row := range rows {
		items = append(items, viewEvent(row))
	}
	return items, total, nil
}
