package trigger

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"hypha/internal/function"
)

const noon = `"time": "12:00"`

// at begins a trigger at a time.
func at(t *testing.T, when, kind, opts string) *rig {
	t.Helper()
	r := prepare(t, kind, opts, note)
	r.At = utc(when)
	r.begin()
	return r
}

func TestADailyPointFiresOnceADay(t *testing.T) {
	r := at(t, "2026-03-01T11:00:00Z", "trigger_daily", noon)
	if s := r.state(); s["next_at"] != utc("2026-03-01T12:00:00Z") {
		t.Errorf("shown is %v", s)
	}
	r.pass(time.Hour - time.Second)
	r.want(0, "a second before")
	r.pass(time.Second)
	r.want(1, "at the time")
	r.pass(24 * time.Hour)
	r.want(2, "a day later")
	if got := r.fired()[0]; got != "12:00 has come" {
		t.Errorf("the reason is %q", got)
	}
	r.pass(6 * 24 * time.Hour)
	r.want(8, "a week later")
}

func TestADayOf23And25Hours(t *testing.T) {
	for name, c := range map[string]struct {
		begin string
		time  string
		fires []string
	}{
		"a time that does not exist": {"2026-03-28T12:00:00Z", "02:30", []string{"2026-03-29T01:00:00Z", "2026-03-30T00:30:00Z"}},
		"a time that exists twice":   {"2026-10-24T12:00:00Z", "02:30", []string{"2026-10-25T00:30:00Z", "2026-10-26T01:30:00Z"}},
	} {
		r := prepare(t, "trigger_daily", `"time": "`+c.time+`"`, note)
		r.Where = &function.Place{Zone: zone("Europe/Berlin")}
		r.At = utc(c.begin)
		r.begin()
		end := r.At.Add(48 * time.Hour)
		var got []string
		for r.At.Before(end) {
			before := len(r.fired())
			r.pass(time.Second * 30)
			if len(r.fired()) > before {
				got = append(got, r.At.Format(time.RFC3339))
			}
		}
		if strings.Join(got, " ") != strings.Join(c.fires, " ") {
			t.Errorf("%s: fired at %v, want %v", name, got, c.fires)
		}
	}
}

func TestAPointThatWasMissed(t *testing.T) {
	for _, c := range []struct {
		name  string
		late  string
		off   time.Duration // from 11:00
		fires int
		says  string
	}{
		{"it is left out", "0", 90 * time.Minute, 0, "missed 2026-03-01 12:00:00"},
		{"it is caught up with", "3600", 90 * time.Minute, 1, ""},
		{"exactly as late as allowed", "3600", 2 * time.Hour, 1, ""},
		{"it is too late", "3600", 2*time.Hour + time.Second, 0, "missed"},
		{"of many only the last", "86400", 4*24*time.Hour + 90*time.Minute, 1, ""},
		{"nothing was missed", "3600", 30 * time.Minute, 0, ""},
	} {
		r := at(t, "2026-02-28T11:30:00Z", "trigger_daily", noon+`, "catch_up_s": `+c.late)
		r.pass(23*time.Hour + 30*time.Minute)
		r.want(1, c.name+": the day before")
		r.Said = nil
		r.At = r.At.Add(c.off) // off
		r.begin()
		r.want(1+c.fires, c.name)
		said := strings.Join(r.Said, "\n")
		if c.says == "" && strings.Contains(said, "missed") || !strings.Contains(said, c.says) {
			t.Errorf("%s: the journal says %s", c.name, said)
		}
		n := len(r.fired())
		r.begin()
		r.begin()
		r.want(n, c.name+": after two more restarts")
	}
	r := at(t, "2026-03-01T13:00:00Z", "trigger_daily", noon+`, "catch_up_s": 86400`)
	r.want(0, "a new trigger owes nothing")
}

func TestARestartJustAfterFiringDoesNotRepeat(t *testing.T) {
	r := at(t, "2026-03-01T11:59:59Z", "trigger_daily", noon+`, "catch_up_s": 86400`)
	r.pass(time.Second)
	r.want(1, "at the time")
	r.begin()
	r.pass(time.Hour)
	r.want(1, "after a restart in the same second")
	r.At = utc("2026-03-01T11:59:00Z") // the clock of a board without a battery stands still while it is off
	r.begin()
	r.pass(time.Hour)
	r.want(1, "after a restart with the clock a minute back")
}

func TestAnotherTimeOwesNothing(t *testing.T) {
	r := at(t, "2026-03-01T11:30:00Z", "trigger_daily", noon+`, "catch_up_s": 86400`)
	r.pass(time.Hour)
	r.want(1, "at the time")
	r.opts = strings.Replace(r.opts, "12:00", "12:15", 1)
	r.pass(time.Hour)
	r.begin()
	r.want(1, "changed at 13:30 to 12:15: that was not missed")
}

func TestClockJumps(t *testing.T) {
	for _, c := range []struct {
		name  string
		kind  string
		opts  string
		jump  time.Duration // at 12:10
		pass  time.Duration // afterwards
		fires int           // afterwards
	}{
		{"forward over a point", "trigger_daily", `"time": "13:00"`, 2 * time.Hour, time.Hour, 0},
		{"forward over a point, to be caught up", "trigger_daily", `"time": "13:00", "catch_up_s": 7200`, 2 * time.Hour, time.Hour, 1},
		{"forward to just after a point", "trigger_daily", `"time": "13:00"`, 50*time.Minute + 20*time.Second, time.Hour, 1},
		{"a year forward", "trigger_daily", `"time": "13:00"`, 365 * 24 * time.Hour, time.Hour, 1},
		{"a little back over a point", "trigger_daily", `"time": "12:00"`, -time.Hour, 2 * time.Hour, 0},
		{"the next day after that", "trigger_daily", `"time": "12:00"`, -time.Hour, 25 * time.Hour, 1},
		{"days back", "trigger_daily", `"time": "12:00"`, -3 * 24 * time.Hour, 24 * time.Hour, 1},
		{"years back", "trigger_daily", `"time": "12:00"`, -3 * 365 * 24 * time.Hour, 24 * time.Hour, 1},
		{"a timer, far back", "trigger_timer", `"every_s": 60`, -5 * time.Hour, 10*time.Minute + 10*time.Second, 10},
		{"a timer, a little back", "trigger_timer", `"every_s": 3600`, -20 * time.Minute, time.Hour + 11*time.Minute, 1}, // 13:00 only: 12:00 has fired
		{"a timer, forward", "trigger_timer", `"every_s": 3600`, 30 * time.Minute, 2 * time.Hour, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := at(t, "2026-03-01T11:00:00Z", c.kind, c.opts)
			r.pass(70 * time.Minute)
			before := len(r.fired())
			r.jump(c.jump)
			r.pass(c.pass)
			if got := len(r.fired()) - before; got != c.fires {
				t.Errorf("fired %d times after the jump, want %d: %q", got, c.fires, r.fired())
			}
		})
	}
}

func TestATimerIsNotShiftedByRestarts(t *testing.T) {
	r := at(t, "2026-03-01T11:10:00Z", "trigger_timer", `"every_s": 21600, "offset_s": 900`)
	for range 24 {
		r.pass(time.Hour)
		r.begin()
	}
	r.want(4, "in a day with a restart each hour")
}

func TestASunTriggerWithoutAPlace(t *testing.T) {
	r := at(t, "2026-03-01T11:00:00Z", "trigger_sun", `"event": "sunset", "fallback_time": "18:00"`)
	if r.err != nil {
		t.Errorf("a place: %v", r.err)
	}
	r = prepare(t, "trigger_sun", `"event": "sunset"`, note)
	r.Where = nil
	r.begin()
	r.troubled("system.latitude")
	r.pass(48 * time.Hour)
	r.want(0, "without a place")
}

// TestAPointSoonAfterALateOne crashes a minute after a point that was caught up: the one that came on time meanwhile is not
// repeated.
func TestAPointSoonAfterALateOne(t *testing.T) {
	r := at(t, "2026-03-01T11:00:07Z", "trigger_timer", `"every_s": 61, "catch_up_s": 600`)
	r.pass(23 * time.Second)
	r.At = r.At.Add(41 * time.Second)
	r.begin()
	n := len(r.fired())
	r.pass(59 * time.Second)
	r.begin()
	r.want(n+1, "the point that came on time")
}

// TestNoPointFiresTwice restarts and passes time at random: each point fires at most once, and those during which the program
// ran fire.
func TestNoPointFiresTwice(t *testing.T) {
	k := kindOf(t, "trigger_timer")
	rapid.Check(t, func(rt *rapid.T) {
		every := rapid.IntRange(60, 7200).Draw(rt, "every")
		late := rapid.SampledFrom([]string{"0", "600", "86400"}).Draw(rt, "late")
		r := prepareKind(t, k, `"every_s": `+number(float64(every))+`, "catch_up_s": `+late, note)
		r.At = utc("2026-03-01T11:00:07Z")
		r.begin()
		grid := timer{every: time.Duration(every) * time.Second}
		ran, all := 0, 0
		count := func(from, to time.Time) (n int) {
			for p, _ := grid.next(from); !p.After(to); p, _ = grid.next(p) {
				n++
			}
			return n
		}
		for range rapid.IntRange(1, 12).Draw(rt, "phases") {
			from := r.At
			r.pass(time.Duration(rapid.IntRange(0, 20_000).Draw(rt, "on")) * time.Second)
			ran, all = ran+count(from, r.At), all+count(from, r.At)
			if rapid.Bool().Draw(rt, "restart") {
				from = r.At
				r.At = r.At.Add(time.Duration(rapid.IntRange(0, 20_000).Draw(rt, "off")) * time.Second)
				all += count(from, r.At)
				r.begin()
			}
		}
		if n := len(r.fired()); n < ran || n > all {
			rt.Fatalf("every %d s: fired %d times; %d points came while it ran, %d in all", every, n, ran, all)
		}
	})
}
