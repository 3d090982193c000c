package alerting

import (
	"context"
	"encoding/binary"
	"fmt"
	"time"

	"hypha/internal/alert"
	"hypha/internal/event"
	"hypha/internal/fleet"
	"hypha/internal/measure"
)

// topicBuffer bounds what waits of a topic; beyond it readings and states are conflated, and the oldest events are lost.
const topicBuffer = 4096

// batchKey names the channels of a batch: one that waits too long gives way to a newer one of the same channels.
func batchKey(batch []measure.Reading) string {
	key := make([]byte, 0, 4*len(batch))
	for _, r := range batch {
		key = binary.AppendVarint(key, int64(r.Channel))
	}
	return string(key)
}

func outputKey(o fleet.OutputState) string          { return fmt.Sprint(o.ID, "/", o.Index) }
func controllerKey(c fleet.ControllerStatus) string { return c.Ref }
func outputRef(o fleet.OutputState) alert.OutputChannel {
	return alert.OutputChannel{Output: o.ID, Channel: o.Index}
}

// buffers hold what was taken from the topics.
type buffers struct {
	readings    []event.Entry[[]measure.Reading]
	outputs     []event.Entry[fleet.OutputState]
	controllers []event.Entry[fleet.ControllerStatus]
	events      []event.Entry[fleet.Event]
	ticked      bool
}

// tell hands what was taken to the engine.
func (s *Service) tell(ctx context.Context, b *buffers) {
	renamed := false
	s.do(func(now time.Time) (changes []alert.Change) {
		for _, e := range b.readings {
			changes = append(changes, s.tellReadings(now, e.V)...)
		}
		for _, e := range b.outputs {
			changes = append(changes, s.engine.Output(now, outputOf(e.V))...)
		}
		for _, e := range b.controllers {
			changes = append(changes, s.engine.Controller(now, controllerOf(e.V))...)
		}
		for _, e := range b.events {
			renamed = renamed || e.V.Type == "audit"
			changes = append(changes, s.engine.Event(now, alert.Event{Type: e.V.Type, Source: e.V.Source, Message: e.V.Message})...)
		}
		if b.ticked {
			changes = append(changes, s.tellSetpoints(now)...)
			changes = append(changes, s.engine.Tick(now)...)
		}
		return changes
	})
	if renamed {
		s.rename(ctx)
	}
	if b.ticked {
		s.routine(ctx, time.Now())
	}
	clear(b.readings)
	b.readings, b.outputs, b.controllers, b.events, b.ticked = b.readings[:0], b.outputs[:0], b.controllers[:0], b.events[:0], false
}

// tellReadings passes on what may be judged: a reading that is stale, out of range or rejected is none.
func (s *Service) tellReadings(now time.Time, batch []measure.Reading) (changes []alert.Change) {
	wall := now.UnixMilli()
	for _, r := range batch {
		if !r.Q.Usable() || !s.engine.Watches(r.Channel) {
			continue
		}
		age := time.Duration(max(0, wall-r.T)) * time.Millisecond
		changes = append(changes, s.engine.Reading(now, r.Channel, r.V, age)...)
	}
	return changes
}

// tellSetpoints asks for the set-points that rules need and passes on what is new.
func (s *Service) tellSetpoints(now time.Time) (changes []alert.Change) {
	for _, f := range s.engine.Functions() {
		var v float64
		ok := false
		if s.cfg.Sources.Setpoint != nil {
			v, ok = s.cfg.Sources.Setpoint(f)
		}
		last, known := s.told[f]
		if ok && known && last == v {
			continue
		}
		if delete(s.told, f); ok {
			s.told[f] = v
		}
		changes = append(changes, s.engine.Setpoint(now, f, v, ok)...)
	}
	return changes
}

func outputOf(o fleet.OutputState) alert.Output {
	out := alert.Output{OutputChannel: outputRef(o), Active: o.Active(), Fault: o.Error}
	switch l := o.Level; {
	case l.On != nil:
		out.Known = true
		if *l.On {
			out.Level = 1
		}
	case l.Duty != nil:
		out.Known, out.Level = true, *l.Duty
	case l.VolumeML != nil:
		out.Known, out.Level = true, *l.VolumeML
	case l.Value != nil:
		out.Known, out.Level = true, *l.Value
	}
	return out
}

func controllerOf(c fleet.ControllerStatus) alert.Controller {
	return alert.Controller{Ref: c.Ref, State: string(c.Status.State), Error: c.Status.Error}
}
