package app

import (
	"encoding/json"
	"math"
	"testing"
	"time"

	"hypha/internal/method"
)

// TestThePastFollowedTheMethod compares what the past was kept at with what the demo's method says.
func TestThePastFollowedTheMethod(t *testing.T) {
	var d method.Definition
	if err := method.Spec().Decode(json.RawMessage(demoMethod), &d); err != nil {
		t.Fatal(err)
	}
	m, err := method.New(d, method.Context{Zone: time.UTC})
	if err != nil {
		t.Fatal(err)
	}
	for at := time.Date(2026, 4, 10, 0, 0, 0, 0, time.UTC); at.Day() == 10; at = at.Add(7 * time.Minute) {
		want := m.At(at).V
		if math.Abs(want-demoWarmth(at)) > 1e-9 {
			t.Errorf("at %v the method says %v, the past was kept at %v", at, want, demoWarmth(at))
		}
	}
}
