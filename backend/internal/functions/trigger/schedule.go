package trigger

import (
	"fmt"
	"time"

	"hypha/internal/action"
	"hypha/internal/function"
)

// Late are the options of triggers that fire at points in time.
type Late struct {
	CatchUp float64 `json:"catch_up_s" title:"Fire late by at most" help:"When the program was off at the time; 0: a point that was missed is left out" min:"0" max:"86400" default:"0" unit:"s"`
}

// points is a sequence of moments, by the wall clock.
type points interface {
	// next is the first one after a moment; an error says why there is none.
	next(after time.Time) (time.Time, error)
	// words say which they are; other words are another sequence.
	words() string
}

const (
	// lookEvery is how often a schedule looks whether the clock was set.
	lookEvery = 30 * time.Second
	// grace is how late a point may be noticed while the program runs: a step may take long, and a clock that is set is
	// noticed with the next look.
	grace = time.Minute
	// punctual is how late a point may be without being called late.
	punctual = 2 * time.Second
)

// schedule is the condition of all kinds that fire at points in time.
type schedule struct {
	env    function.Env
	points points
	late   time.Duration
	mark   time.Time // up to here, by the wall clock, all points have been dealt with; zero before the first look
	coming time.Time
}

func (s *schedule) show(into map[string]any) {
	if !s.coming.IsZero() {
		into["next_at"] = s.coming.UTC()
	}
}

func (s *schedule) look(m function.Moment, mem *memory) (*action.Cause, time.Time, error) {
	now, allow := m.Now.Round(0), max(s.late, grace)
	if s.mark.IsZero() {
		allow = s.late
		s.mark = now
		if mem.Of == s.points.words() && mem.Point.Before(now) && !mem.Point.IsZero() {
			s.mark = mem.Point
		} else if mem.Of == s.points.words() && s.shortBack(now, mem.Point) {
			s.mark = mem.Point
		}
	}
	if now.Before(s.mark) && !s.shortBack(now, s.mark) {
		s.mark = now
	}
	due, err := s.due(now, allow)
	if s.mark.Before(now) {
		s.mark = now
	}
	if err != nil {
		s.coming = time.Time{}
		return nil, time.Time{}, &function.Trouble{Reason: err.Error()}
	}
	var nextErr error
	if s.coming, nextErr = s.points.next(s.mark); nextErr != nil {
		return nil, time.Time{}, &function.Trouble{Reason: nextErr.Error()}
	}
	if due.IsZero() {
		return nil, s.coming, nil
	}
	mem.Point, mem.Of = due, s.points.words()
	reason := s.points.words() + " has come"
	if by := now.Sub(due); by > punctual {
		reason += fmt.Sprintf(" (%v late)", by.Round(time.Second))
	}
	return &action.Cause{Reason: reason, At: due}, s.coming, nil
}

// shortBack tells whether a clock that shows now, and has shown mark, was put back by less than half the distance of two points:
// then what has fired is not repeated.
func (s *schedule) shortBack(now, mark time.Time) bool {
	if !now.Before(mark) {
		return false
	}
	first, err := s.points.next(now)
	if err != nil {
		return false
	}
	second, err := s.points.next(first)
	return err == nil && mark.Sub(now) <= second.Sub(first)/2
}

// due is the last point after mark and up to now that is not later than allow; zero when there is none. Those that are
// missed are told.
func (s *schedule) due(now time.Time, allow time.Duration) (time.Time, error) {
	p, err := s.points.next(s.mark)
	if err != nil || p.After(now) {
		return time.Time{}, err
	}
	if since := now.Add(-allow); p.Before(since) {
		missed := p
		p, err = s.points.next(since.Add(-time.Nanosecond))
		if err != nil || p.After(now) {
			place, _ := s.env.Place()
			s.env.Say("function", fmt.Sprintf("%s missed %s: it did not run at that time, or the clock was put forward", s.env.Name(), missed.In(place.Zone).Format("2006-01-02 15:04:05")),
				map[string]any{"missed": missed.UTC()})
			return time.Time{}, err
		}
	}
	for { // of several only the last: nobody wants a week of watering at once
		q, err := s.points.next(p)
		if err != nil || q.After(now) {
			return p, nil //nolint:nilerr // that no further one comes does not matter to this one
		}
		p = q
	}
}
