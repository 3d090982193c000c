// Package wallclock turns a time of the day, as people write it, into a moment, on every day there is.
//
// Where clocks are put forward some times do not exist, and where they are put back some exist twice. A time that does not
// exist is taken as the moment of the change (at which the clock shows the next time that does), one that exists twice as
// the first of the two: so each time of the day happens exactly once on every date, and their order is kept.
//
// All functions are pure and may be called by any number of goroutines.
package wallclock

import (
	"fmt"
	"regexp"
	"strconv"
	"time"
)

// Time is a time of the day in s since 00:00 as the clock shows it, 0 to 86400; the latter is the end of the day.
type Time int

// EndOfDay is 24:00.
const EndOfDay Time = 86400

// Parse reads "6:30", "06:30", "06:30:15" or "24:00".
func Parse(text string) (Time, error) {
	parts := regexp.MustCompile(`^([0-9]{1,2}):([0-9]{2})(?::([0-9]{2}))?$`).FindStringSubmatch(text)
	if parts == nil {
		return 0, fmt.Errorf("%.20q is no time of the day: write it like 06:30 or 22:15:30", text)
	}
	hour, _ := strconv.Atoi(parts[1]) // digits only, by the pattern
	minute, _ := strconv.Atoi(parts[2])
	second, _ := strconv.Atoi(parts[3]) // or 0 when there are none
	t := Time(hour*3600 + minute*60 + second)
	if minute > 59 || second > 59 || t > EndOfDay {
		return 0, fmt.Errorf("%q is no time of the day: it goes from 00:00 to 24:00", text)
	}
	return t, nil
}

// Of is the time of the day that clocks show at t, in the zone of t.
func Of(t time.Time) Time {
	hour, minute, second := t.Clock()
	return Time(hour*3600 + minute*60 + second)
}

// String writes the time as Parse reads it: "06:30", with seconds only if there are some.
func (t Time) String() string {
	if t%60 == 0 {
		return fmt.Sprintf("%02d:%02d", t/3600, t/60%60)
	}
	return fmt.Sprintf("%02d:%02d:%02d", t/3600, t/60%60, t%60)
}

// On is the moment at which the clocks of the zone show t on the date of day, which is taken as day's own zone has it.
func (t Time) On(day time.Time, zone *time.Location) time.Time {
	year, month, date := day.Date()
	return Moment(time.Date(year, month, date, 0, 0, int(t), 0, time.UTC), zone)
}

// Moment is the moment at which the clocks of the zone show the date and time that shown has in UTC.
func Moment(shown time.Time, zone *time.Location) time.Time {
	// At most one change of the clocks lies within a day of the moment, so it has one of these two offsets.
	_, before := shown.Add(-24 * time.Hour).In(zone).Zone()
	_, after := shown.Add(24 * time.Hour).In(zone).Zone()
	early := shown.Add(-time.Duration(max(before, after)) * time.Second).In(zone)
	late := shown.Add(-time.Duration(min(before, after)) * time.Second).In(zone)
	switch {
	case shows(early, shown):
		return early
	case shows(late, shown):
		return late
	}
	change, _ := late.ZoneBounds() // the clocks jump over shown; late lies behind the jump
	return change
}

func shows(t, shown time.Time) bool {
	_, offset := t.Zone()
	return t.Unix()+int64(offset) == shown.Unix()
}
