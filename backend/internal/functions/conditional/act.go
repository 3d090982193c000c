package conditional

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"hypha/internal/function"
	"hypha/internal/functions/loop"
	"hypha/internal/output"
	"hypha/internal/script"
)

// done is an action with what became of it.
type done struct {
	script.Action
	Error    string `json:"error,omitempty"`
	DrivenBy string `json:"driven_by,omitempty"` // who drives the output instead
}

const (
	orderWithin = 3 * time.Second // how long another part of the program may take to obey
	maxChain    = 8
)

// act does what the script wants, in order. What fails does not keep the rest from being done; the first failure is told.
func (l *logic) act(ctx context.Context, now time.Time, r script.Result) error {
	var trouble error
	for _, a := range r.Actions {
		d := done{Action: a}
		if a.Held == "" {
			by, err := l.do(ctx, now, a, r.Reads)
			if ctx.Err() != nil {
				return ctx.Err()
			}
			d.DrivenBy = by
			if err != nil {
				d.Error = err.Error()
				if trouble == nil {
					trouble = &function.Trouble{Reason: fmt.Sprintf("line %d, %s: %v", a.Line, a.Text, err)}
					l.shown.Error, l.shown.Line = err.Error(), a.Line
				}
			}
		}
		l.shown.Actions = append(l.shown.Actions, d)
	}
	return trouble
}

func (l *logic) do(ctx context.Context, now time.Time, a script.Action, reads []script.Read) (drivenBy string, err error) {
	if a.What == "set_output" {
		return l.drive(ctx, now, a, reads)
	}
	if a.Ref == l.env.Ref() {
		return "", errors.New("a script cannot change or end its own function")
	}
	ctx, cancel := context.WithTimeout(ctx, orderWithin)
	defer cancel()
	return "", l.env.Do(ctx, function.Order{What: a.What, Ref: a.Ref, Args: a.Args})
}

func (l *logic) drive(ctx context.Context, now time.Time, a script.Action, reads []script.Read) (drivenBy string, err error) {
	t := function.Target{Output: a.Output, Channel: a.Channel}
	c := output.Command{Level: *a.Level, Duration: seconds(a.DurationS), Lease: l.o.lease()}
	if a.LeaseS > 0 {
		c.Lease = seconds(a.LeaseS)
	}
	c.Lease = max(c.Lease, c.Duration)
	if a.Level.VolumeML != nil {
		c.Lease = 0 // a dose ends by itself
	}
	reason := fmt.Sprintf("line %d of its script", a.Line)
	chain := append(links(reads), function.Link{What: "function", Ref: l.env.Ref(), Text: reason, T: now})
	d, err := l.env.Drive(ctx, t, function.Command{Command: c, Reason: reason, Chain: chain, Priority: a.Priority})
	if err != nil {
		return "", loop.Refused(err)
	}
	if c.Lease > 0 {
		l.held[t] = true
	}
	if d.Outranked {
		return d.By, nil
	}
	return "", nil
}

// links are the readings that a run has asked for, as the causes of its commands: the last few.
func links(reads []script.Read) []function.Link {
	var chain []function.Link
	for _, r := range reads {
		if r.Channel == 0 || r.Value == nil {
			continue
		}
		text := fmt.Sprintf("%s of %s was %.4g %s", r.What, r.Name, *r.Value, r.Unit)
		link := function.Link{What: "reading", Ref: fmt.Sprintf("channel/%d", r.Channel), Text: strings.TrimSpace(text), Value: r.Value}
		if r.At != 0 {
			link.T = time.UnixMilli(r.At)
		}
		chain = append(chain, link)
	}
	return chain[max(0, len(chain)-maxChain):]
}
