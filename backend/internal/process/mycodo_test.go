package process_test

import (
	"math"
	"testing"

	"hypha/internal/process"
)

// The relay test and Mycodo's law give what the second program got, in all five rules and three modes.
func TestMycodoAsPublished(t *testing.T) {
	for _, r := range published(t) {
		p := byID(t, r.ID)
		u, err := p.Ultimate()
		if err != nil {
			t.Error(err)
			continue
		}
		if math.Abs(u.Ku/r.Relay.Ku-1) > 1e-4 || math.Abs(u.Pu/r.Relay.Pu-1) > 1e-4 || math.Abs(u.Amplitude/r.Relay.Amplitude-1) > 1e-4 {
			t.Errorf("%s: relay %+v, want %+v", r.ID, u, r.Relay)
		}
		checked := 0
		for _, rule := range process.MycodoRules() {
			for _, m := range r.Mycodo {
				if m.Rule != rule.Name {
					continue
				}
				checked++
				law := p.Mycodo(rule, process.MycodoMode(m.Mode), process.Ultimate{Ku: r.Relay.Ku, Pu: r.Relay.Pu, Amplitude: r.Relay.Amplitude})
				if math.Abs(law.Kp/m.Kp-1) > 1e-4 || math.Abs(law.Ki/m.Ki-1) > 1e-4 || math.Abs(law.Kd/m.Kd-1) > 1e-4 {
					t.Errorf("%s %s %s: gains %+v, want %+v", r.ID, m.Rule, m.Mode, law, m)
				}
				law.Kp, law.Ki, law.Kd, law.SumLimit = m.Kp, m.Ki, m.Kd, m.SumLimit
				same(t, r.ID+" "+m.Rule+" "+m.Mode, p.Run(law, 0), m.Result)
			}
		}
		if checked != 15 {
			t.Errorf("%s: %d of 15 runs", r.ID, checked)
		}
	}
}
