package herald

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hypha/internal/alert"
)

// desk is a herald with a clock that only the test moves.
type desk struct {
	*Herald
	now  time.Time
	sent []string // "route: title"
}

func newDesk(cfg Config, rules ...Rule) *desk {
	d := &desk{Herald: New(cfg), now: time.Date(2026, 5, 1, 12, 0, 0, 0, time.UTC)}
	for _, r := range rules {
		d.Put(d.now, r)
	}
	return d
}

// later lets time pass in steps of a second and returns what was sent meanwhile.
func (d *desk) later(t time.Duration) []string {
	d.sent = nil
	for end := d.now.Add(t); d.now.Before(end); {
		d.now = d.now.Add(time.Second)
		for _, m := range d.Tick(d.now) {
			d.sent = append(d.sent, fmt.Sprintf("%d: %s", m.Route, m.Title()))
		}
	}
	return d.sent
}

func (d *desk) is(id int64, s alert.State) {
	d.Changed(d.now, id, s, alert.Evidence{Text: "it is " + string(s)})
}

func expect(t *testing.T, got []string, want ...string) {
	t.Helper()
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("told:\n  %s\nwant:\n  %s", strings.Join(got, "\n  "), strings.Join(want, "\n  "))
	}
}

func warm() Rule {
	return Rule{ID: 1, Name: "Too warm", Severity: alert.Warning, Routes: []int64{1}}
}

func TestAnAlertIsToldOnceAndItsEnd(t *testing.T) {
	d := newDesk(Config{}, warm())
	d.is(1, alert.Pending)
	expect(t, d.later(time.Minute))
	d.is(1, alert.Firing)
	expect(t, d.later(time.Minute), "1: Too warm (warning)")
	d.is(1, alert.Recovering)
	d.is(1, alert.Firing)
	expect(t, d.later(time.Hour))
	d.is(1, alert.Recovering)
	d.is(1, alert.OK)
	expect(t, d.later(time.Minute), "1: Resolved: Too warm")
	d.is(1, alert.NoData)
	expect(t, d.later(time.Minute), "1: Too warm: no data (warning)")
	d.is(1, alert.OK)
	expect(t, d.later(time.Minute), "1: Resolved: Too warm")
	d.is(1, alert.Error)
	expect(t, d.later(time.Minute), "1: Too warm: cannot be judged (warning)")
}

func TestARuleThatIsUnknownIsNotTold(t *testing.T) {
	d := newDesk(Config{}, warm())
	d.is(2, alert.Firing)
	d.is(1, alert.Firing)
	d.Remove(1)
	expect(t, d.later(time.Minute))
}

func TestRemindersGoOnUntilSomebodyKnows(t *testing.T) {
	r := warm()
	r.Repeat = 10 * time.Minute
	d := newDesk(Config{}, r)
	d.is(1, alert.Firing)
	expect(t, d.later(25*time.Minute), "1: Too warm (warning)", "1: Still: Too warm (warning)", "1: Still: Too warm (warning)")
	d.Acknowledged(1)
	expect(t, d.later(time.Hour))
	d.is(1, alert.Recovering)
	d.is(1, alert.Firing)
	expect(t, d.later(time.Hour))
	d.is(1, alert.OK)
	expect(t, d.later(time.Minute), "1: Resolved: Too warm")
	d.is(1, alert.Firing)
	expect(t, d.later(11*time.Minute), "1: Too warm (warning)", "1: Still: Too warm (warning)")
}

func TestSomebodyElseIsToldWhenNobodyReacts(t *testing.T) {
	r := warm()
	r.EscalateAfter, r.Escalate = 15*time.Minute, []int64{2, 3}
	d := newDesk(Config{}, r)
	d.is(1, alert.Firing)
	expect(t, d.later(14*time.Minute), "1: Too warm (warning)")
	expect(t, d.later(time.Hour), "2: Nobody has acknowledged: Too warm (warning)", "3: Nobody has acknowledged: Too warm (warning)")
	d.is(1, alert.OK)
	expect(t, d.later(time.Minute), "1: Resolved: Too warm", "2: Resolved: Too warm", "3: Resolved: Too warm")
	d.is(1, alert.Firing)
	d.later(time.Minute)
	d.Acknowledged(1)
	expect(t, d.later(time.Hour))
}

func TestSilenceHasAnEnd(t *testing.T) {
	r := warm()
	d := newDesk(Config{})
	r.Silenced = d.now.Add(time.Hour)
	d.Put(d.now, r)
	d.is(1, alert.Firing)
	expect(t, d.later(59*time.Minute))
	expect(t, d.later(2*time.Minute), "1: Too warm (warning)")
}

func TestQuietHoursHoldBackAllButTheCritical(t *testing.T) {
	zone := time.FixedZone("somewhere", 2*3600) // 12:00 UTC is 14:00
	d := newDesk(Config{Location: zone, Quiet: &Quiet{14 * 60, 15 * 60}},
		warm(), Rule{ID: 2, Name: "Leak", Severity: alert.Critical, Routes: []int64{1}}, Rule{ID: 3, Name: "Dry", Severity: alert.Info, Routes: []int64{1}})
	d.is(1, alert.Firing)
	d.is(2, alert.Firing)
	d.is(3, alert.Firing)
	expect(t, d.later(30*time.Minute), "1: Leak (critical)")
	d.is(3, alert.OK)
	d.is(3, alert.Firing)
	d.is(3, alert.OK)
	expect(t, d.later(29*time.Minute))
	expect(t, d.later(2*time.Minute), "1: Too warm (warning)", "1: Meanwhile over: Dry")
}

func TestQuietHoursReachOverMidnight(t *testing.T) {
	q := &Quiet{22 * 60, 7 * 60}
	for text, want := range map[string]bool{"21:59": false, "22:00": true, "23:59": true, "00:00": true, "06:59": true, "07:00": false, "12:00": false} {
		at, err := time.Parse("15:04", text)
		if err != nil {
			t.Fatal(err)
		}
		if q.at(at) != want {
			t.Errorf("%s: quiet %v, want %v", text, q.at(at), want)
		}
	}
}

func TestMaintenanceIsWithoutNotice(t *testing.T) {
	d := newDesk(Config{}, Rule{ID: 1, Name: "Leak", Severity: alert.Critical, Routes: []int64{1}})
	d.Configure(Config{Maintenance: d.now.Add(10 * time.Minute)})
	d.is(1, alert.Firing)
	expect(t, d.later(9*time.Minute))
	expect(t, d.later(2*time.Minute), "1: Leak (critical)")
}

func TestWhatWasAcknowledgedInSilenceIsNotToldAfterwards(t *testing.T) {
	d := newDesk(Config{}, warm())
	d.Configure(Config{Maintenance: d.now.Add(10 * time.Minute)})
	d.is(1, alert.Firing)
	d.later(time.Minute)
	d.Acknowledged(1)
	expect(t, d.later(time.Hour))
	d.is(1, alert.OK)
	expect(t, d.later(time.Hour))
}

func TestFlappingIsToldOnce(t *testing.T) {
	d := newDesk(Config{}, warm())
	var got []string
	for range 20 {
		d.is(1, alert.Firing)
		got = append(got, d.later(2*time.Minute)...)
		d.is(1, alert.OK)
		got = append(got, d.later(2*time.Minute)...)
	}
	expect(t, got, "1: Too warm (warning)", "1: Resolved: Too warm", "1: Too warm (warning)", "1: Resolved: Too warm", "1: Too warm comes and goes")
	d.is(1, alert.Firing)
	expect(t, d.later(29*time.Minute))
	expect(t, d.later(2*time.Minute), "1: Too warm is steady again: not well (warning)")
	d.is(1, alert.OK)
	expect(t, d.later(time.Minute), "1: Resolved: Too warm")
}

func TestWhatHasOneCauseIsOneMessage(t *testing.T) {
	rules := []Rule{}
	for i := range 4 {
		rules = append(rules, Rule{ID: int64(i + 1), Name: fmt.Sprint("Channel ", i), Severity: alert.Warning, Cause: "input/1", Routes: []int64{1}})
	}
	rules = append(rules, Rule{ID: 9, Name: "Another", Severity: alert.Critical, Cause: "input/2", Routes: []int64{1}})
	d := newDesk(Config{}, rules...)
	for i := range 4 {
		d.is(int64(i+1), alert.NoData)
		d.now = d.now.Add(time.Second)
	}
	expect(t, d.later(time.Minute), "1: 4 alerts: Channel 0, Channel 1, Channel 2 and 1 more")
	d.is(9, alert.Firing)
	expect(t, d.later(time.Minute), "1: Another (critical)")
}

func TestAFloodLosesNeitherTheFirstNorTheLast(t *testing.T) {
	const n = 200
	d := newDesk(Config{})
	for i := range n {
		d.Put(d.now, Rule{ID: int64(i + 1), Name: fmt.Sprint("Rule ", i+1), Severity: alert.Warning, Routes: []int64{1}})
	}
	told := map[int64][]What{}
	messages := 0
	for i := range n {
		d.is(int64(i+1), alert.Firing)
		d.now = d.now.Add(3 * time.Second)
		for _, m := range d.Tick(d.now) {
			messages++
			for _, n := range m.Notices {
				told[n.Rule] = append(told[n.Rule], n.What)
			}
		}
	}
	for range 120 {
		d.now = d.now.Add(time.Second)
		for _, m := range d.Tick(d.now) {
			messages++
			for _, n := range m.Notices {
				told[n.Rule] = append(told[n.Rule], n.What)
			}
		}
	}
	for i := range n {
		if got := told[int64(i+1)]; !slices.Equal(got, []What{Fired}) {
			t.Errorf("rule %d: %v, want firing", i+1, got)
		}
	}
	if most := FloodBurst + n*3/60 + 3; messages > most {
		t.Errorf("%d messages for %d alerts in %d min, want at most %d", messages, n, n*3/60, most)
	}
}

func TestAHigherSeverityIsToldAgain(t *testing.T) {
	r := warm()
	d := newDesk(Config{}, r)
	d.is(1, alert.Firing)
	d.later(time.Minute)
	d.Acknowledged(1)
	r.Severity = alert.Critical
	d.Put(d.now, r)
	expect(t, d.later(time.Minute), "1: Too warm (critical)")
}

func TestWhatWaitsIsToldAfterARestart(t *testing.T) {
	d := newDesk(Config{}, warm())
	d.is(1, alert.Firing)
	d.Tick(d.now) // it waits for what belongs to it
	known, _ := d.Save(1)
	again := newDesk(Config{}, warm())
	again.Restore(again.now, 1, known, alert.Firing, d.now, false, alert.Evidence{Text: "warm"})
	expect(t, again.later(time.Minute), "1: Too warm (warning)")

	d.later(time.Minute)
	known, _ = d.Save(1)
	again = newDesk(Config{}, warm())
	again.Restore(again.now, 1, known, alert.Firing, d.now, false, alert.Evidence{Text: "warm"})
	expect(t, again.later(time.Minute))
	again.is(1, alert.OK)
	expect(t, again.later(time.Minute), "1: Resolved: Too warm")
}

// In the end people know how things stand, whatever happened; and nobody is flooded.
func TestPeopleKnowInTheEnd(t *testing.T) {
	rapid.Check(t, func(rt *rapid.T) {
		sev := rapid.SampledFrom([]alert.Severity{alert.Info, alert.Warning, alert.Critical})
		d := newDesk(Config{Quiet: &Quiet{12*60 + 10, 12*60 + 40}})
		const rules = 4
		for i := range rules {
			d.Put(d.now, Rule{ID: int64(i + 1), Name: fmt.Sprint(i + 1), Severity: sev.Draw(rt, "severity"), Cause: rapid.SampledFrom([]string{"", "a"}).Draw(rt, "cause"), Routes: []int64{1}})
		}
		last := map[int64]Notice{}
		sent := []time.Time{}
		run := func(s int) {
			for range s {
				d.now = d.now.Add(time.Second)
				for _, m := range d.Tick(d.now) {
					sent = append(sent, d.now)
					for _, n := range m.Notices {
						last[n.Rule] = n
					}
				}
			}
		}
		states := map[int64]alert.State{}
		for range rapid.IntRange(1, 60).Draw(rt, "changes") {
			id := int64(rapid.IntRange(1, rules).Draw(rt, "rule"))
			states[id] = rapid.SampledFrom([]alert.State{alert.OK, alert.Firing, alert.NoData}).Draw(rt, "state")
			d.is(id, states[id])
			run(rapid.SampledFrom([]int{0, 1, 10, 100, 600}).Draw(rt, "later"))
		}
		run(4 * 3600)
		for id, s := range states {
			n, told := last[id]
			if s != alert.OK && (!told || n.State != s) {
				rt.Fatalf("rule %d is %s; told last: %v %s", id, s, told, n.State)
			}
			if s == alert.OK && told && n.State != alert.OK {
				rt.Fatalf("rule %d is well; told last: %s", id, n.State)
			}
		}
		for i := range sent {
			if i >= FloodBurst && sent[i].Sub(sent[i-FloodBurst]) < FloodRefill-2*time.Second {
				rt.Fatalf("%d messages within %s", FloodBurst+1, sent[i].Sub(sent[i-FloodBurst]))
			}
		}
	})
}
