package trigger

import (
	"fmt"
	"strings"
	"time"

	"github.com/robfig/cron/v3"

	"hypha/internal/wallclock"
)

// crontab is a cron expression in a zone. Where it names hours, it means times of the day, each of which comes once a day, as
// for daily; where it takes every hour, real time counts.
type crontab struct {
	text  string
	sched *cron.SpecSchedule
	zone  *time.Location
}

// starBit is how the parser marks a field that takes every value.
const starBit = 1 << 63

// parseCron reads an expression of five fields or a name such as @daily.
func parseCron(text string) (*cron.SpecSchedule, error) {
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "@every") {
		return nil, fmt.Errorf("use trigger_timer for %q", text)
	}
	if strings.Contains(text, "TZ=") {
		return nil, fmt.Errorf("leave TZ out: the time zone is that of the system's configuration")
	}
	parser := cron.NewParser(cron.Minute | cron.Hour | cron.Dom | cron.Month | cron.Dow | cron.Descriptor)
	parsed, err := parser.Parse(text)
	if err != nil {
		return nil, fmt.Errorf("is no cron expression, which has minute, hour, day, month and day of the week, like 30 6 * * 1-5: %w", err)
	}
	s, ok := parsed.(*cron.SpecSchedule)
	if !ok {
		return nil, fmt.Errorf("is no cron expression: %q", text)
	}
	s.Location = time.UTC // it is asked in the time that clocks show
	if s.Next(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)).IsZero() {
		return nil, fmt.Errorf("%q names a day that never comes", text)
	}
	return s, nil
}

func (s crontab) next(after time.Time) (time.Time, error) {
	if s.sched.Hour&starBit != 0 {
		everyHour := *s.sched
		everyHour.Location = s.zone
		if t := everyHour.Next(after.In(s.zone)); !t.IsZero() {
			return t, nil
		}
		return time.Time{}, errNever
	}
	local := after.In(s.zone)
	y, m, d := local.Date()
	// A day before: where clocks are put back, what they show now may come once more.
	shown := time.Date(y, m, d-1, 0, 0, 0, 0, time.UTC).Add(-time.Nanosecond)
	for {
		if shown = s.sched.Next(shown); shown.IsZero() {
			return time.Time{}, errNever
		}
		if t := wallclock.Moment(shown, s.zone); t.After(after) {
			return t, nil
		}
	}
}

func (s crontab) words() string { return "cron " + s.text }
