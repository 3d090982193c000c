package fleet

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
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
	store *settings.Store
	topic *event.Topic[Event]
	log   *slog.Logger
	queue chan settings.Event
	lost  atomic.Uint64

	mu      sync.Mutex
	trouble map[controller.Ref]controller.State // what was last told of controllers that are not well
	levels  map[string]output.Level             // last level told, by output and channel
}

func newJournal(store *settings.Store, topic *event.Topic[Event], log *slog.Logger) *journal {
	return &journal{
		store: store, topic: topic, log: log, queue: make(chan settings.Event, journalQueue),
		trouble: map[controller.Ref]controller.State{}, levels: map[string]output.Level{},
	}
}

// add never blocks.
func (j *journal) add(kind, source, user, message string, data any) {
	raw, err := json.Marshal(data)
	if err != nil {
		j.log.Error("an event could not be encoded", "type", kind, "error", err)
		return
	}
	e := settings.Event{T: time.Now().UnixMilli(), Type: kind, Source: source, User: user, Message: message, Data: raw}
	select {
	case j.queue <- e:
	default:
		if j.lost.Add(1) == 1 {
			j.log.Error("the journal cannot keep up; events are lost and counted")
		}
	}
}

// run writes events in batches until ctx ends, then what still waits.
func (j *journal) run(ctx context.Context) {
	for {
		select {
		case e := <-j.queue:
			j.write(ctx, e)
		case <-ctx.Done():
			end, cancel := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
			defer cancel()
			for {
				select {
				case e := <-j.queue:
					j.write(end, e)
				default:
					return
				}
			}
		}
	}
}

func (j *journal) write(ctx context.Context, first settings.Event) {
	batch := []*settings.Event{&first}
	for len(batch) < 256 {
		select {
		case e := <-j.queue:
			batch = append(batch, &e)
			continue
		default:
		}
		break
	}
	if err := j.store.Events.Append(context.WithoutCancel(ctx), batch...); err != nil {
		j.log.Error("events could not be written to the journal", "count", len(batch), "error", err)
	}
	for _, e := range batch {
		j.topic.Publish(viewEvent(*e))
	}
}

// audit notes what a person changed.
func (j *journal) audit(ref, action, by, message string) {
	j.add("audit", ref, by, message, map[string]string{"ref": ref, "action": action})
}

// controllerChanged notes when a controller falls ill, and when it is well again; not each try in between.
func (j *journal) controllerChanged(s controller.Status) {
	j.mu.Lock()
	before, ill := j.trouble[s.Ref]
	var message string
	switch s.State {
	case controller.Degraded, controller.BackingOff, controller.Failed:
		if ill && before == s.State {
			j.mu.Unlock()
			return
		}
		j.trouble[s.Ref] = s.State
		message = fmt.Sprintf("%s is %s: %s", s.Ref, stateWords(s.State), s.Error)
	case controller.Running:
		if !ill {
			j.mu.Unlock()
			return
		}
		delete(j.trouble, s.Ref)
		message = fmt.Sprintf("%s works again", s.Ref)
	case controller.Stopped, controller.Inactive:
		delete(j.trouble, s.Ref)
		j.mu.Unlock()
		return
	case controller.Initializing, controller.Stopping:
		j.mu.Unlock()
		return
	}
	j.mu.Unlock()
	j.add("controller", string(s.Ref), "", message, map[string]any{"state": s.State, "error": s.Error, "attempt": s.Attempt})
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

// outputMoved notes each change of a level with its cause; a renewed command is no change.
func (j *journal) outputMoved(row settings.Output, s output.State) {
	key := fmt.Sprintf("%d/%d", row.ID, s.Index)
	j.mu.Lock()
	before, known := j.levels[key]
	j.levels[key] = s.Level
	j.mu.Unlock()
	if s.Error == "" && (s.Assumed || known && before.Equal(s.Level)) {
		return
	}
	message := fmt.Sprintf("%s went to %s", outputName(row, s.Index), s.Level)
	if s.Error != "" {
		message = fmt.Sprintf("%s did not take %s: %s", outputName(row, s.Index), s.Level, s.Error)
	}
	j.add("output", row.Ref(), s.By, message, map[string]any{
		"index": s.Index, "level": s.Level, "by": s.By, "reason": s.Reason, "ends_at": timeOf(s.EndsAt), "error": s.Error,
	})
}

// refused notes a command that was not executed, and why.
func (j *journal) refused(row settings.Output, index int, c output.Command, by string, err error) {
	j.add("output", row.Ref(), by, fmt.Sprintf("%s was not set to %s: %v", outputName(row, index), c.Level, err),
		map[string]any{"index": index, "level": c.Level, "by": by, "refused": err.Error()})
}

func outputName(row settings.Output, index int) string {
	if len(row.Channels) > 1 && index < len(row.Channels) {
		return row.Name + ", " + row.Channels[index].Name
	}
	return row.Name
}

// Note adds an entry of another part of the program to the journal.
func (f *Fleet) Note(kind, source, user, message string, data any) {
	f.journal.add(kind, source, user, message, data)
}

// Events lists the journal, newest first, and how many entries there are without limit and offset.
func (f *Fleet) Events(ctx context.Context, filter settings.EventFilter) ([]Event, int64, error) {
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
