package alerting

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"hypha/internal/alert"
	"hypha/internal/alert/herald"
	"hypha/internal/fleet"
	"hypha/internal/settings"
)

// put gives a stored rule to engine and herald. Needs mu.
func (s *Service) put(now time.Time, row settings.AlertRule) []alert.Change {
	r := s.rules[row.ID]
	if r == nil {
		r = &rule{}
		s.rules[row.ID] = r
	}
	d, err := s.draftOf(row)
	r.row, r.draft = row, d
	if !row.Enabled {
		s.engine.Remove(row.ID)
		s.herald.Remove(row.ID)
		return nil
	}
	judged := alert.Rule{ID: row.ID, Timing: d.timing(), Check: &alert.Check{}, Broken: err}
	if judged.Broken == nil {
		r.check, judged.Broken = s.checkOf(r, row)
	}
	if judged.Broken == nil {
		judged.Check = r.check
		judged.Broken = s.names.table.missing(r.check.Watch)
	}
	s.herald.Put(now, s.toldOf(r, judged.Check.Watch))
	return s.engine.Put(now, judged)
}

// checkOf is the check that a rule has already, with what it knows, unless its options have changed.
func (s *Service) checkOf(r *rule, row settings.AlertRule) (*alert.Check, error) {
	if r.check != nil && r.checked == row.Kind+string(row.Options) {
		return r.check, nil
	}
	check, err := s.bind(row.Kind, row.Options)
	if err != nil {
		return nil, err
	}
	r.checked = row.Kind + string(row.Options)
	return check, nil
}

// toldOf is how a rule is told of.
func (s *Service) toldOf(r *rule, w alert.Watch) herald.Rule {
	told := r.draft.rule(r.row.ID)
	told.Routes, told.Escalate = s.routesOf(r.draft), s.present(r.draft.EscalateRoutes)
	if told.Cause == "" {
		told.Cause = s.names.table.cause(w)
	}
	if r.row.SilencedUntil != nil {
		told.Silenced = *r.row.SilencedUntil
	}
	return told
}

// retell takes up a change of who is told, or when. Needs mu.
func (s *Service) retell(now time.Time, r *rule) {
	if !r.row.Enabled {
		return
	}
	var w alert.Watch
	if r.check != nil {
		w = r.check.Watch
	}
	s.herald.Put(now, s.toldOf(r, w))
}

func (s *Service) bind(kind string, options json.RawMessage) (*alert.Check, error) {
	k, ok := s.kinds[kind]
	if !ok {
		return nil, fmt.Errorf("this program does not know the kind %q", kind)
	}
	return k.Bind(options)
}

// missing says which thing that is watched is not there; nil when all are.
func (t table) missing(w alert.Watch) error {
	for _, ch := range w.Channels {
		if _, ok := t.channels[ch]; !ok {
			return fmt.Errorf("channel %d is gone", ch)
		}
	}
	for _, o := range w.Outputs {
		if row, ok := t.outputs[o.Output]; !ok || o.Channel >= len(row.Channels) {
			return fmt.Errorf("output %d, channel %d, is gone", o.Output, o.Channel)
		}
	}
	return nil
}

// cause is what the first thing belongs to that is watched: alerts of one device are mostly of one cause.
func (t table) cause(w alert.Watch) string {
	switch {
	case len(w.Channels) > 0:
		return t.channels[w.Channels[0]].Owner
	case len(w.Outputs) > 0:
		return settings.Ref("output", w.Outputs[0].Output)
	}
	return ""
}

// view needs mu.
func (s *Service) view(row settings.AlertRule) (Alert, error) {
	d, err := s.draftOf(row)
	if err != nil {
		return Alert{}, err
	}
	return Alert{ID: row.ID, Draft: d, CreatedAt: row.CreatedAt, UpdatedAt: row.UpdatedAt, Status: s.status(row)}, nil
}

// status needs mu.
func (s *Service) status(row settings.AlertRule) Status {
	st := Status{State: Inactive, Since: fleet.Time(row.UpdatedAt), Text: "it is disabled"}
	if until := row.SilencedUntil; until != nil && until.After(time.Now()) {
		t := fleet.Time(*until)
		st.SilencedUntil = &t
	}
	if now, ok := s.engine.Status(row.ID); ok {
		st.State, st.Since, st.Acknowledged = now.State, fleet.Time(now.Since), now.Acknowledged
		st.Text, st.Value = now.Evidence.Text, now.Evidence.Value
		st.Flapping = s.herald.Flapping(row.ID)
	}
	if r := s.rules[row.ID]; r != nil {
		st.AcknowledgedBy, st.Holding = r.by, r.holding
	}
	return st
}

// rename takes up changes of channels and outputs that were made elsewhere.
func (s *Service) rename(ctx context.Context) {
	t, err := loadNames(ctx, s.cfg.Store)
	if err != nil {
		s.log.Error("alerts do not know what channels and outputs are called now", "error", err)
		return
	}
	s.do(func(now time.Time) (changes []alert.Change) {
		before := s.names.table
		s.names.table = t
		for _, r := range s.rules {
			check, err := s.bind(r.row.Kind, r.row.Options)
			if err != nil || !r.row.Enabled {
				continue
			}
			was, is := before.missing(check.Watch), t.missing(check.Watch)
			if (was == nil) != (is == nil) || before.cause(check.Watch) != t.cause(check.Watch) {
				changes = append(changes, s.put(now, r.row)...)
			}
		}
		return changes
	})
}
