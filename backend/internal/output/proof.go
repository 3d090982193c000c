package output

import (
	"context"
	"fmt"
	"time"
)

// Feedback names a channel that shows whether a command took effect.
type Feedback struct {
	Channel  int64    `json:"channel"`             // id of a measured channel
	OnAbove  *float64 `json:"on_above,omitempty"`  // while on, its value is above this
	OffBelow *float64 `json:"off_below,omitempty"` // while off, its value is below this
	WithinS  float64  `json:"within_s"`            // seconds that may pass without proof
	Kind     string   `json:"kind" enums:"current,flow,level,switch"`
} //	@name	OutputFeedback

// Fault is what a feedback channel has shown. It is latched: the channel is safe until a person acknowledges it.
type Fault struct {
	Kind  string    `json:"kind" enums:"no_effect,stuck_on"`
	Text  string    `json:"text"`
	Since time.Time `json:"since"`
}

// FaultError says that a channel is kept safe because of a fault that nobody has acknowledged.
type FaultError struct{ Fault Fault }

func (e *FaultError) Error() string {
	return e.Fault.Text + "; it stays safe until the fault is acknowledged"
}

const (
	noEffect = "no_effect"
	stuckOn  = "stuck_on"
)

// proveEvery is how often a feedback channel is looked at.
const proveEvery = time.Second

// proof is what is known of the effect of a channel's level.
type proof struct {
	since    time.Time // when it went on or off, or was acknowledged
	provenAt time.Time // when its feedback last agreed
	told     bool      // that it cannot be proven
}

// prove looks at the feedback of a channel. What it finds is latched, and the channel owes its safe level.
func (o *Output) prove(ctx context.Context, n int) {
	fb := o.cfg.Channels[n].Guard.Feedback
	if fb == nil || o.cfg.Reading == nil {
		return
	}
	v, at, known := o.cfg.Reading(fb.Channel)
	o.mu.Lock()
	found := o.doubt(n, *fb, v, at, known, time.Now())
	o.mu.Unlock()
	if found == nil {
		return
	}
	if err := o.amend(ctx, n, func(t *Tally) { t.Fault = found }); err != nil {
		o.cfg.Logger.Error("a fault would not survive a restart", "channel", o.cfg.Channels[n].Name, "error", err)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	ch := &o.channels[n]
	ch.tally.Fault, ch.claims = found, nil
	if safe, ok := o.cfg.Channels[n].safe(); ok {
		chain := []Link{
			{What: "reading", Ref: fmt.Sprintf("channel/%d", fb.Channel), Value: &v, T: at},
			{What: "limit", Text: found.Text, T: found.Since},
		}
		ch.owed, ch.retryAt = &State{Level: safe, By: "fault", Reason: found.Text, Chain: chain}, found.Since
		o.tell(n, Alert{Kind: "fault", Text: o.cfg.Channels[n].Name + ": " + found.Text, Chain: chain, Data: map[string]any{"fault": found.Kind, "value": v}})
	}
}

// doubt judges a reading of the feedback. It needs mu.
func (o *Output) doubt(n int, fb Feedback, v float64, at time.Time, known bool, now time.Time) *Fault {
	ch := &o.channels[n]
	p := &ch.proof
	on := ch.state.Active()
	if ch.tally.Fault != nil || ch.state.Error != "" || p.since.IsZero() {
		return nil
	}
	limit := fb.OffBelow
	if on {
		limit = fb.OnAbove
	}
	if limit == nil {
		return nil
	}
	fresh := known && !at.Before(p.since)
	if fresh && (on && v > *limit || !on && v < *limit) {
		p.provenAt, p.told = now, false
		return nil
	}
	last := p.since
	if p.provenAt.After(last) {
		last = p.provenAt
	}
	if now.Sub(last) < seconds(fb.WithinS) {
		return nil
	}
	if !fresh {
		if !p.told {
			p.told = true
			o.tell(n, Alert{Kind: "unproven", Text: fmt.Sprintf("whether %s obeys is not known: channel/%d has no good reading", o.cfg.Channels[n].Name, fb.Channel), Data: map[string]any{"channel": fb.Channel}})
		}
		return nil
	}
	kind := stuckOn
	if on {
		kind = noEffect
	}
	return &Fault{Kind: kind, Text: faultWords(fb.Kind, kind), Since: now}
}

// faultWords name what is likely.
func faultWords(feedback, kind string) string {
	words := map[string]string{
		"current no_effect": "no current flows although it is on: a lamp, plug, fuse or relay has failed",
		"current stuck_on":  "current flows although it is off: the relay is welded",
		"flow no_effect":    "nothing flows although it is on: an empty tank, a dry pump, a blocked or burst hose",
		"flow stuck_on":     "it flows although it is off: a valve or relay does not close",
		"level no_effect":   "the level does not come although it is on: an empty tank, a burst hose or a fallen-out probe",
		"level stuck_on":    "the level is too high although it is off: a valve or relay does not close",
		"switch no_effect":  "its contact does not close although it is on: it does not move, or its contact has failed",
		"switch stuck_on":   "its contact is closed although it is off: it does not move, or the relay is welded",
	}
	return words[feedback+" "+kind]
}

// Fault is the fault of a channel that nobody has acknowledged; nil: none.
func (o *Output) Fault(n int) *Fault {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.channels[n].tally.Fault
}

// Acknowledge ends the fault of a channel, so that it can be driven again; its effect must be proven anew.
func (o *Output) Acknowledge(ctx context.Context, n int) error {
	if err := o.amend(ctx, n, func(t *Tally) { t.Fault = nil }); err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.channels[n].proof = proof{since: time.Now()}
	return nil
}
