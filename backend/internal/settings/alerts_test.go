package settings

import (
	"encoding/json"
	"errors"
	"testing"
	"time"
)

func TestAnAlertRuleComesBackAsItWasStored(t *testing.T) {
	dir := t.TempDir()
	s := openIn(t, dir)
	until := time.Date(2026, 5, 1, 6, 0, 0, 0, time.UTC)
	rule := AlertRule{
		Item: Item{Name: "Too warm"}, Kind: "threshold", Options: json.RawMessage(`{"channel":1,"above":30}`), Enabled: true, Severity: "critical",
		Timing: json.RawMessage(`{"for_s":120}`), Routes: json.RawMessage(`{"routes":[1]}`), Actions: json.RawMessage(`[{"output":1,"do":"stop"}]`), SilencedUntil: &until,
	}
	if err := s.AlertRules.Create(t.Context(), &rule); err != nil {
		t.Fatal(err)
	}
	got := must[AlertRule](t)(openIn(t, dir).AlertRules.Get(t.Context(), rule.ID))
	if got.Ref() != "alert/1" || string(got.Timing) != `{"for_s":120}` || string(got.Actions) != `[{"output":1,"do":"stop"}]` || !got.SilencedUntil.Equal(until) || got.Severity != "critical" {
		t.Errorf("%+v", got)
	}
}

func TestTheStateOfARuleGoesWithIt(t *testing.T) {
	s := open(t)
	rule := AlertRule{Item: Item{Name: "Too warm"}, Kind: "threshold"}
	if err := s.AlertRules.Create(t.Context(), &rule); err != nil {
		t.Fatal(err)
	}
	for _, data := range []string{`{"state":"pending"}`, `{"state":"firing"}`} {
		if err := s.AlertStates.Put(t.Context(), AlertState{RuleID: rule.ID, Data: json.RawMessage(data)}); err != nil {
			t.Fatal(err)
		}
	}
	if states := must[[]AlertState](t)(s.AlertStates.List(t.Context())); len(states) != 1 || string(states[0].Data) != `{"state":"firing"}` {
		t.Errorf("%v", states)
	}
	if err := s.AlertStates.Put(t.Context(), AlertState{RuleID: 99}); !errors.Is(err, ErrReference) {
		t.Errorf("a rule that is not there: %v", err)
	}
	if err := s.AlertRules.SoftDelete(t.Context(), rule.ID); err != nil {
		t.Fatal(err)
	}
	if _, err := s.AlertRules.Purge(t.Context(), time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	if states := must[[]AlertState](t)(s.AlertStates.List(t.Context())); len(states) != 0 {
		t.Errorf("%v", states)
	}
}

func TestDeliveriesAreKeptUntilThereAreTooMany(t *testing.T) {
	s := open(t)
	now := time.Now()
	var last Delivery
	for i := range 5 {
		last = Delivery{RouteID: int64(i%2 + 1), Message: json.RawMessage(`{"title":"x"}`), State: "waiting", CreatedAt: now, NextAt: now}
		if err := s.Deliveries.Add(t.Context(), &last); err != nil {
			t.Fatal(err)
		}
		if i < 4 {
			last.State, last.Attempts, last.Error, last.DoneAt = "given_up", 3, "no answer", &now
			if err := s.Deliveries.Update(t.Context(), last); err != nil {
				t.Fatal(err)
			}
		}
	}
	waiting := must[[]Delivery](t)(s.Deliveries.Waiting(t.Context()))
	if len(waiting) != 1 || waiting[0].ID != last.ID || string(waiting[0].Message) != `{"title":"x"}` {
		t.Errorf("waiting: %+v", waiting)
	}
	if n := must[int64](t)(s.Deliveries.Prune(t.Context(), 2)); n != 2 {
		t.Errorf("pruned %d, want 2", n)
	}
	all, total, err := s.Deliveries.List(t.Context(), DeliveryFilter{Route: 1})
	if err != nil || total != 2 || all[0].ID != 5 || all[1].ID != 3 || all[1].Attempts != 3 || all[1].DoneAt == nil {
		t.Errorf("%+v, %d, %v", all, total, err)
	}
	if _, total, _ := s.Deliveries.List(t.Context(), DeliveryFilter{State: "given_up", Limit: 1}); total != 2 {
		t.Errorf("%d are given up", total)
	}
}
