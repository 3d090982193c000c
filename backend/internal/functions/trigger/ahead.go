package trigger

import (
	"errors"
	"time"

	"hypha/internal/function"
)

// ahead are the points from one moment up to another, with what is done at each.
func ahead(p points, o Common, from, to time.Time) (plan function.Plan, err error) {
	rest := seconds(o.Cooldown)
	var last time.Time
	for at := from.Add(-time.Nanosecond); ; {
		at, err = p.next(at)
		if errors.Is(err, errNever) {
			return plan, nil
		}
		if err != nil || !at.Before(to) {
			return plan, err
		}
		if !last.IsZero() && at.Sub(last) < rest {
			continue
		}
		if len(plan.Points) == function.MaxPoints {
			plan.More = true
			return plan, nil
		}
		last = at
		plan.Points = append(plan.Points, at)
		plan.Commands = append(plan.Commands, o.List.Planned(at)...)
	}
}
