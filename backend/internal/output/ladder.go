package output

import (
	"fmt"
	"slices"
	"time"

	"hypha/internal/limp"
)

// Step is one rung of the ladder that a channel goes down when nobody drives it any more: its function has crashed, was
// disabled, or has lost its sensor.
type Step struct {
	Step   string  `json:"step" enums:"backup,limp,safe"`
	AfterS float64 `json:"after_s"` // seconds from when the driver was lost
	// Output and Channel are driven instead by backup: to what is asked of this channel while its device does not work, to
	// Level when nobody drives it. Without a level the step is then left out.
	Output  int64  `json:"output,omitempty"`
	Channel int    `json:"channel,omitempty"`
	Level   *Level `json:"level,omitempty"`
	// CapHigh and CapLow bound the learned duty of limp, in percent; without CapHigh it is the smaller of 1.2 times the
	// largest learned hour and 50 %.
	CapHigh *float64 `json:"cap_high,omitempty"`
	CapLow  float64  `json:"cap_low,omitempty"`
	MaxH    *float64 `json:"max_h,omitempty"` // hours that limp lasts; without it 12
	// Outdoor is the channel of the temperature outside, in °C: on a day unlike the learned ones limp halves its cap.
	Outdoor int64 `json:"outdoor,omitempty"`
} //	@name	LadderStep

// The rungs.
const (
	stepBackup = "backup"
	stepLimp   = "limp"
	stepSafe   = "safe"
)

// fall is the way of a channel down its ladder.
type fall struct {
	at      time.Time // when its driver was lost
	reason  string
	chain   []Link
	step    string // that is taken; "": none yet
	backup  *Step  // whose channel is driven instead; nil: none
	blocked time.Time
}

// limpWindow is the period over which an on/off channel delivers its duty in limp mode.
const limpWindow = 10 * time.Minute

// left is what a channel goes to whose claim has ended and that nobody else claims. It needs mu.
func (o *Output) left(n int, v vacancy, now time.Time) (next State, ok bool) {
	cfg, ch := o.cfg.Channels[n], &o.channels[n]
	if v.fell {
		ch.fall = &fall{at: now, reason: v.reason, chain: append(slices.Clone(ch.state.Chain), Link{What: "limit", Ref: ch.state.By, Text: v.reason, T: now})}
		o.rememberFall(n)
		return o.climbDown(n, now)
	}
	next = State{By: v.by, Reason: v.reason, Chain: append(slices.Clone(ch.state.Chain), Link{What: "timer", Text: v.reason, T: now}), fall: ch.fall}
	if next.Level, ok = OffOf(cfg.Type); !ok {
		next.Level, ok = cfg.safe()
	}
	return next, ok // a value without a safe one stays, without an end
}

// climbDown is what a channel goes to on its ladder now; ok is false when it stays as it is. It needs mu.
func (o *Output) climbDown(n int, now time.Time) (next State, ok bool) {
	ch, f := &o.channels[n], o.channels[n].fall
	if f.blocked.After(now) {
		ch.look(f.blocked)
		return State{}, false
	}
	step, level, look := o.rung(n, now)
	if step == nil { // the first rung has its time
		ch.look(look)
		o.limitOn(n, &ch.state, now)
		return State{}, false
	}
	if step.Step != f.step {
		f.step = step.Step
		o.helped(n, nil)
		if step.Step == stepBackup {
			o.helped(n, step)
		}
		o.tell(n, Alert{Kind: "ladder", Text: o.rungWords(n, *step, level), Chain: f.chain, Data: map[string]any{"step": step.Step, "reason": f.reason, "since": f.at}})
	}
	ch.look(look)
	if level == (Level{}) || level.Equal(ch.state.Level) && ch.state.By == step.Step && ch.state.Error == "" {
		return State{}, false
	}
	if left := o.restLeft(n, level, now); left > 0 && step.Step == stepLimp {
		ch.look(now.Add(left))
		return State{}, false
	}
	next = State{Level: level, By: step.Step, Reason: f.reason, Chain: f.chain, fall: f}
	if step.Step != stepSafe {
		next.Reason = o.rungWords(n, *step, level) + ": " + f.reason
	}
	if !o.limitOn(n, &next, now) {
		next.Level, _ = OffOf(o.cfg.Channels[n].Type)
	}
	return next, true
}

// rung is the step to take now, nil while the first has its time, with the level it asks for and when to look again. A
// step that is not possible leaves its place to the next one. It needs mu.
func (o *Output) rung(n int, now time.Time) (step *Step, level Level, look time.Time) {
	f, ladder := o.channels[n].fall, o.cfg.Channels[n].ladder()
	look = now.Add(lookAgain)
	at := -1
	for k := range ladder {
		due := f.at.Add(seconds(ladder[k].AfterS))
		if due.After(now) {
			look = earlier(look, &due)
			break
		}
		at = k
	}
	if at < 0 {
		return nil, Level{}, look
	}
	safe, _ := o.cfg.Channels[n].safe()
	for k := at; k < len(ladder); k++ {
		switch s := &ladder[k]; s.Step {
		case stepBackup:
			if s.Level != nil {
				return s, safe, look
			}
		case stepLimp:
			until := f.at.Add(seconds(s.AfterS) + time.Duration(orElse(s.MaxH, limp.DefaultMaxH)*float64(time.Hour)))
			if !until.After(now) {
				continue
			}
			if level, next, ok := o.limpLevel(n, *s, now); ok {
				return s, level, earlier(earlier(look, &next), &until)
			}
		default:
			return s, safe, look
		}
	}
	return &Step{Step: stepSafe}, safe, look
}

// ladder is the configured one; it always ends safe.
func (c ChannelConfig) ladder() []Step {
	if len(c.Guard.Ladder) > 0 {
		return c.Guard.Ladder
	}
	return []Step{{Step: stepSafe}}
}

// limpLevel is what limp mode delivers now, and when that changes at the latest. It needs mu.
func (o *Output) limpLevel(n int, s Step, now time.Time) (level Level, next time.Time, ok bool) {
	cfg, ch := o.cfg.Channels[n], &o.channels[n]
	duty, ok := ch.tally.Learned.Duty(now.In(o.cfg.Location).Hour(), limp.Caps{Low: s.CapLow, High: s.CapHigh}, ch.outdoor)
	hour := now.Truncate(time.Hour).Add(time.Hour)
	switch {
	case !ok:
		return Level{}, hour, false
	case cfg.Type == PWM:
		if l := cfg.Limits; l.DutyMax != nil && duty > *l.DutyMax {
			duty = *l.DutyMax
		} else if l.DutyMin != nil && duty < *l.DutyMin {
			duty = 0
		}
		return Level{Duty: &duty}, hour, true
	case cfg.Type != OnOff:
		return Level{}, hour, false
	}
	on, window := pulse(duty/100, cfg.Limits)
	into := now.Sub(ch.fall.at) % window
	if into < on {
		return Level{On: new(true)}, now.Add(on - into), true
	}
	return Level{On: new(false)}, now.Add(window - into), true
}

// pulse is how long a channel is on in each window to deliver a part of the time, as its shortest times allow.
func pulse(part float64, l Limits) (on, window time.Duration) {
	least := func(s *float64, part float64) {
		if s != nil && part > 0 && seconds(*s) > time.Duration(part*float64(window)) {
			window = time.Duration(*s / part * float64(time.Second))
		}
	}
	window = limpWindow
	if part >= 1 {
		return window, window
	}
	least(l.MinOnS, part)
	least(l.MinOffS, 1-part)
	if window > 2*time.Hour { // so little that its shortest pulse is too much
		return 0, limpWindow
	}
	on = time.Duration(part * float64(window))
	if l.MaxOnS != nil {
		on = min(on, seconds(*l.MaxOnS))
	}
	return on, window
}

func (o *Output) rungWords(n int, s Step, l Level) string {
	name := o.cfg.Channels[n].Name
	switch s.Step {
	case stepLimp:
		return fmt.Sprintf("limp mode: %s delivers what it usually does at this hour", name)
	case stepBackup:
		return fmt.Sprintf("%s is replaced by its backup, channel %d of output/%d", name, s.Channel, s.Output)
	}
	if l == (Level{}) {
		return fmt.Sprintf("%s has no safe level and stays as it is", name)
	}
	return fmt.Sprintf("%s goes to its safe level, %s", name, l)
}

// helped drives the backup of a channel, or lets it go when step is nil. It needs mu.
func (o *Output) helped(n int, step *Step) {
	f := o.channels[n].fall
	if f == nil || o.cfg.Backup == nil || step == nil && f.backup == nil {
		return
	}
	if step == nil {
		o.cfg.Backup(*f.backup, nil, Cause{By: o.backupBy(n)})
		f.backup = nil
		return
	}
	f.backup = step
	o.cfg.Backup(*step, step.Level, Cause{By: o.backupBy(n), Reason: "backup of " + o.cfg.Name + ", " + o.cfg.Channels[n].Name + ": " + f.reason, Chain: f.chain})
}

// backupBy names a channel as the driver of its backup.
func (o *Output) backupBy(n int) string {
	if n == 0 {
		return o.cfg.Ref
	}
	return fmt.Sprintf("%s/%d", o.cfg.Ref, n)
}

// BackupOf is the channel that is to be driven instead of one whose device does not work: it has a fault, or has not taken
// what it was told for as long as its ladder says. ok is false while it works, or has no backup.
func (o *Output) BackupOf(n int) (s Step, ok bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	ch := &o.channels[n]
	for _, s := range o.cfg.Channels[n].Guard.Ladder {
		if s.Step == stepBackup {
			since := ch.brokenSince
			if since.IsZero() {
				since = o.closed
			}
			return s, ch.tally.Fault != nil || !since.IsZero() && time.Since(since) >= seconds(s.AfterS)
		}
	}
	return Step{}, false
}

// landed ends the way down: somebody drives the channel again, or it was told otherwise. It needs mu.
func (o *Output) landed(n int, s State) {
	ch := &o.channels[n]
	if ch.fall == s.fall {
		return
	}
	o.helped(n, nil)
	if ch.fall != nil && ch.fall.step != "" && s.claim != "" {
		o.tell(n, Alert{Kind: "ladder", Text: fmt.Sprintf("%s is driven by %s again", o.cfg.Channels[n].Name, s.By), Data: map[string]any{"recovered": true, "since": ch.fall.at}})
	}
	ch.fall = s.fall
	o.rememberFall(n)
}

func orElse(v *float64, other float64) float64 {
	if v == nil {
		return other
	}
	return *v
}

// look has the channel looked at again at a time, if not earlier.
func (ch *channel) look(at time.Time) {
	if ch.lookAt.IsZero() || at.Before(ch.lookAt) {
		ch.lookAt = at
	}
}

// fallAgain goes on with the way down the ladder that the end of the program has interrupted.
func (o *Output) fallAgain(n int) {
	o.mu.Lock()
	defer o.mu.Unlock()
	ch := &o.channels[n]
	was := ch.tally.Fallen
	if was == nil || ch.fall != nil || ch.tally.Fault != nil || ch.state.Active() || len(o.cfg.Channels[n].Guard.Ladder) == 0 || o.cfg.Latched() || o.cfg.SafeStart != "" {
		return
	}
	ch.fall = &fall{at: was.At, reason: was.Reason, chain: []Link{{What: "limit", Text: was.Reason, T: was.At}}}
	if ch.fall.at.After(time.Now()) { // the clock was set back
		ch.fall.at = time.Now()
	}
}
