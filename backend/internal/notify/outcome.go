package notify

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"
)

// finish notes the outcome of a try of the first of a line.
func (q *Queue) finish(ctx context.Context, r result) {
	if ctx.Err() != nil && r.err != nil {
		return // it may have been cut short: it is tried again after the next start
	}
	q.mu.Lock()
	l := q.line(r.route)
	l.busy = false
	d := l.waiting[0]
	now := time.Now()
	d.Attempts++
	told := true
	if r.err == nil {
		d.State, d.DoneAt, d.Error = Sent, now, ""
		l.next = time.Time{}
		l.pause.Reset()
	} else {
		told = q.failed(l, d, r.err, now)
	}
	if d.State != Waiting {
		l.waiting = slices.Delete(l.waiting, 0, 1)
		q.total--
	}
	copied := *d
	q.mu.Unlock()
	q.note(ctx, copied, told)
}

// failed notes a failure and reports whether people are to be told.
func (q *Queue) failed(l *lineOf, d *Delivery, err error, now time.Time) (tell bool) {
	d.Error = err.Error()
	pause := l.pause.NextBackOff()
	hopeless := errors.Is(err, errNoRoute)
	if f, ok := errors.AsType[*Failure](err); ok {
		pause = max(pause, f.After)
		hopeless = hopeless || f.Hopeless && d.Attempts >= q.cfg.Hopeless
	}
	l.next = now.Add(pause)
	d.NextAt = l.next
	if hopeless || !l.next.Before(d.CreatedAt.Add(q.cfg.GiveUp)) {
		d.State, d.DoneAt = GivenUp, now
		return true
	}
	return d.Attempts == 1
}

// bound gives up what is too much: always the second of the longest line, so that the first and the last are kept.
func (q *Queue) bound(ctx context.Context) {
	for {
		q.mu.Lock()
		if q.total <= q.cfg.Limit {
			q.mu.Unlock()
			return
		}
		var longest *lineOf
		for _, l := range q.lines {
			if longest == nil || len(l.waiting) > len(longest.waiting) {
				longest = l
			}
		}
		place := min(1, len(longest.waiting)-1)
		d := longest.waiting[place]
		if place == 0 { // one line per message: nothing is second
			q.mu.Unlock()
			return
		}
		longest.waiting = slices.Delete(longest.waiting, place, place+1)
		q.total--
		d.State, d.DoneAt, d.Error = GivenUp, time.Now(), fmt.Sprintf("more than %d notifications wait", q.cfg.Limit)
		copied := *d
		q.mu.Unlock()
		q.note(ctx, copied, true)
	}
}

func (q *Queue) note(ctx context.Context, d Delivery, tell bool) {
	within, cancel := context.WithTimeout(context.WithoutCancel(ctx), addWithin)
	defer cancel()
	if d.ID != 0 {
		if err := q.cfg.Store.Update(within, d); err != nil {
			q.cfg.Logger.Error("what became of a notification is not kept", "route", d.Route, "error", err)
		}
	}
	if tell && q.cfg.Told != nil {
		q.cfg.Told(d)
	}
}
