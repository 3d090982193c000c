package trigger

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"hypha/internal/wallclock"
)

// errNever says that a schedule has no point.
var errNever = errors.New("its time never comes")

// weekdays are names of days; none: every day.
type weekdays []string

func (w weekdays) has(day time.Time) bool {
	return len(w) == 0 || slices.Contains(w, strings.ToLower(day.Weekday().String()[:3]))
}

func (w weekdays) words() string {
	if len(w) == 0 {
		return ""
	}
	return " on " + strings.Join(w, ", ")
}

// date is the date of a moment in a zone, some days later, as wallclock takes it.
func date(t time.Time, zone *time.Location, later int) time.Time {
	y, m, d := t.In(zone).Date()
	return time.Date(y, m, d+later, 12, 0, 0, 0, time.UTC)
}

// daily is a time of the day, on some days of the week.
type daily struct {
	at   wallclock.Time
	days weekdays
	zone *time.Location
}

func (s daily) next(after time.Time) (time.Time, error) {
	for n := -1; n <= 9; n++ {
		day := date(after, s.zone, n)
		if t := s.at.On(day, s.zone); s.days.has(day) && t.After(after) {
			return t, nil
		}
	}
	return time.Time{}, errNever
}

func (s daily) words() string { return s.at.String() + s.days.words() }

// span is every so long within some hours of the day, from their beginning on.
type span struct {
	from, to wallclock.Time // equal: the whole day
	every    time.Duration
	days     weekdays // on which the hours begin
	zone     *time.Location
}

func (s span) next(after time.Time) (first time.Time, err error) {
	for n := -2; n <= 9; n++ {
		day, last := date(after, s.zone, n), date(after, s.zone, n)
		if s.to <= s.from {
			last = date(after, s.zone, n+1)
		}
		start, end := s.from.On(day, s.zone), s.to.On(last, s.zone)
		if !s.days.has(day) || !end.After(after) {
			continue
		}
		t := start
		if !start.After(after) {
			t = after.Add(s.every - after.Sub(start)%s.every)
		}
		if t.Before(end) && (first.IsZero() || t.Before(first)) {
			first = t
		}
		if !first.IsZero() && start.After(first) {
			break
		}
	}
	if first.IsZero() {
		return first, errNever
	}
	return first, nil
}

func (s span) words() string {
	return fmt.Sprintf("every %v from %s to %s%s", s.every, s.from, s.to, s.days.words())
}

// timer is every so long, counted from 1970-01-01T00:00Z, so that a restart does not shift it.
type timer struct{ every, offset time.Duration }

func (s timer) next(after time.Time) (time.Time, error) {
	whole := after.Add(-s.offset).UnixNano() / int64(s.every)
	return time.Unix(0, (whole+1)*int64(s.every)).Add(s.offset), nil
}

func (s timer) words() string {
	if s.offset == 0 {
		return fmt.Sprintf("every %v", s.every)
	}
	return fmt.Sprintf("every %v, %v after", s.every, s.offset)
}
