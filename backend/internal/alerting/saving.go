package alerting

import (
	"context"
	"encoding/json"
	"errors"
	"time"

	"hypha/internal/alert"
	"hypha/internal/alert/herald"
	"hypha/internal/settings"
)

// kept is the state of a rule as it lies in the store.
type kept struct {
	Judged  alert.Saved  `json:"judged"`
	Known   herald.Known `json:"known"`
	By      string       `json:"by,omitempty"`
	Holding bool         `json:"holding,omitempty"`
	Freed   bool         `json:"freed,omitempty"`
}

// saveWithin bounds a write of states. What was not written is written with the next change.
const saveWithin = 5 * time.Second

// save writes what has changed.
func (s *Service) save(ctx context.Context) {
	now := time.Now()
	var rows []settings.AlertState
	s.mu.Lock()
	for id := range s.dirty {
		r := s.rules[id]
		judged, ok := s.engine.Save(id, now, now)
		known, heard := s.herald.Save(id)
		if r == nil || !ok || !heard {
			delete(s.dirty, id)
			continue
		}
		raw, err := json.Marshal(kept{Judged: judged, Known: known, By: r.by, Holding: r.holding, Freed: r.freed})
		if err != nil {
			s.log.Error("the state of an alert cannot be encoded", "alert", id, "error", err)
			continue
		}
		rows = append(rows, settings.AlertState{RuleID: id, Data: raw, UpdatedAt: now})
	}
	clear(s.dirty)
	s.mu.Unlock()
	if len(rows) == 0 {
		return
	}
	ctx, cancel := context.WithTimeout(ctx, saveWithin)
	defer cancel()
	if err := s.cfg.Store.AlertStates.Put(ctx, rows...); err != nil {
		if !errors.Is(err, settings.ErrReference) { // a rule was deleted for good meanwhile; the others come with their next change
			s.log.Error("the states of alerts cannot be kept over a restart", "error", err)
		}
		s.mu.Lock()
		defer s.mu.Unlock()
		for _, row := range rows {
			if s.rules[row.RuleID] != nil {
				s.dirty[row.RuleID] = true
			}
		}
	}
}

// restore takes up a state. Needs mu.
func (s *Service) restore(now time.Time, row settings.AlertState) {
	r := s.rules[row.RuleID]
	if r == nil {
		return
	}
	var k kept
	if err := json.Unmarshal(row.Data, &k); err != nil {
		s.log.Error("the state of an alert cannot be read; it is judged anew", "alert", row.RuleID, "error", err)
		return
	}
	st, ok := s.engine.Status(row.RuleID)
	if !ok { // disabled
		return
	}
	if st.State != alert.Error { // else it is broken now, whatever it was
		s.engine.Restore(row.RuleID, now, now, k.Judged)
		st, _ = s.engine.Status(row.RuleID)
	}
	s.herald.Restore(now, row.RuleID, k.Known, st.State, st.Since, st.Acknowledged, st.Evidence)
	r.by, r.holding, r.freed = k.By, k.Holding, k.Freed
	if r.holding {
		for _, o := range s.ordersIn(r, st.State) {
			s.actors.put(o)
		}
	}
}
