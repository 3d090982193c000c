package output

import (
	"context"
	"fmt"
	"slices"
	"time"

	"hypha/internal/limp"
)

// Tally is what a channel has run, learned and suffered; it outlives restarts.
type Tally struct {
	Since    time.Time `json:"since"` // when counting began
	OnS      float64   `json:"on_s"`  // seconds on
	Cycles   int64     `json:"cycles"`
	EnergyWh float64   `json:"energy_wh"` // of the channel's power_w
	VolumeML float64   `json:"volume_ml"`

	ServicedAt     *time.Time `json:"serviced_at,omitempty"`
	ServicedOnS    float64    `json:"serviced_on_s"` // OnS at the last service
	ServicedCycles int64      `json:"serviced_cycles"`
	Reminded       bool       `json:"reminded,omitempty"`

	Learned limp.Learned `json:"learned,omitzero"`
	Fault   *Fault       `json:"fault,omitempty"`  // latched until it is acknowledged
	Fallen  *Fallen      `json:"fallen,omitempty"` // it is on its ladder
}

// Fallen says since when a channel is on its ladder, and why.
type Fallen struct {
	At     time.Time `json:"at"`
	Reason string    `json:"reason"`
}

// Maintenance says after how much work a channel wants service.
type Maintenance struct {
	Hours  *float64 `json:"hours,omitempty"`  // of running
	Cycles *float64 `json:"cycles,omitempty"` // of switching on
} //	@name	OutputMaintenance

// Alert is what people must know of a channel.
type Alert struct {
	Kind  string // ladder, fault, unproven or maintenance
	Text  string
	Chain []Link
	Data  map[string]any
}

// tell hands an alert on.
func (o *Output) tell(n int, a Alert) {
	if o.cfg.Alert != nil {
		o.cfg.Alert(n, a)
	}
}

// tallyEvery is how often counts are written down.
const tallyEvery = time.Minute

// count adds what the channel did until now. It needs mu.
func (o *Output) count(n int, now time.Time) {
	cfg, ch := o.cfg.Channels[n], &o.channels[n]
	passed := now.Sub(ch.countedAt)
	fresh := ch.countedAt.IsZero()
	ch.countedAt = now
	if fresh || passed <= 0 || cfg.Type == Value {
		return
	}
	part := ch.state.part()
	if ch.state.Error != "" { // nobody knows what it did
		part = 0
	}
	if part > 0 {
		ch.tally.OnS += passed.Seconds()
		ch.tally.EnergyWh += cfg.Guard.PowerW * part * passed.Hours()
		ch.uncounted = true
	}
	if !slices.ContainsFunc(cfg.Guard.Ladder, func(s Step) bool { return s.Step == stepLimp }) || cfg.Type == Volume {
		return
	}
	own := ch.claim(ch.state.claim)
	if ch.starting && part < 0.99 {
		ch.starting = false
	}
	normal := own != nil && own.cause.Rank == FunctionRank && !ch.starting && ch.state.Error == ""
	if ch.meter.Note(now.In(o.cfg.Location), 100*part, normal, ch.outdoor, &ch.tally.Learned) {
		ch.uncounted = true
	}
}

// part is how much of what the channel can do it does, 0 to 1.
func (s State) part() float64 {
	switch {
	case s.Duty != nil:
		return *s.Duty / 100
	case s.On != nil && *s.On, doses(s.Level) && s.EndsAt != nil:
		return 1
	}
	return 0
}

// serviceDue tells whether a channel wants service.
func (c ChannelConfig) serviceDue(t Tally) bool {
	m := c.Guard.Maintenance
	return m != nil && (m.Hours != nil && (t.OnS-t.ServicedOnS)/3600 >= *m.Hours || m.Cycles != nil && float64(t.Cycles-t.ServicedCycles) >= *m.Cycles)
}

// tallies adds up what all channels did, reminds of service, and writes down what has changed; all says to write now.
func (o *Output) tallies(ctx context.Context, all bool) {
	now := time.Now()
	o.mu.Lock()
	type changed struct {
		n       int
		t       Tally
		durable bool
	}
	var save []changed
	for n := range o.channels {
		ch := &o.channels[n]
		ch.outdoor = o.outdoor(n)
		o.count(n, now)
		if !ch.tally.Reminded && o.cfg.Channels[n].serviceDue(ch.tally) {
			ch.tally.Reminded, ch.uncounted = true, true
			o.tell(n, Alert{Kind: "maintenance", Text: fmt.Sprintf("%s wants service: it has run for %.0f h and was switched on %d times since the last", o.cfg.Channels[n].Name, (ch.tally.OnS-ch.tally.ServicedOnS)/3600, ch.tally.Cycles-ch.tally.ServicedCycles), Data: map[string]any{"on_s": ch.tally.OnS, "cycles": ch.tally.Cycles}})
		}
		if ch.uncounted && (all || ch.urgent || now.Sub(ch.talliedAt) >= tallyEvery) {
			save = append(save, changed{n, ch.tally, ch.urgent})
			ch.uncounted, ch.urgent, ch.talliedAt = false, false, now
		}
	}
	o.mu.Unlock()
	for _, c := range save {
		if err := o.cfg.Memory.SaveTally(ctx, c.n, c.t, c.durable); err != nil {
			o.cfg.Logger.Error("the counts of an output channel could not be written down", "channel", o.cfg.Channels[c.n].Name, "error", err)
		}
	}
}

// outdoor is the temperature outside as the ladder of a channel names it; nil when it is not known. It needs mu.
func (o *Output) outdoor(n int) *float64 {
	for _, s := range o.cfg.Channels[n].Guard.Ladder {
		if s.Outdoor != 0 && o.cfg.Reading != nil {
			if v, _, ok := o.cfg.Reading(s.Outdoor); ok {
				return &v
			}
		}
	}
	return nil
}

// loadTallies takes over what was counted before.
func (o *Output) loadTallies(ctx context.Context) error {
	known, err := o.cfg.Memory.Tallies(ctx)
	o.mu.Lock()
	defer o.mu.Unlock()
	for n := range o.channels {
		ch := &o.channels[n]
		if t, ok := known[n]; ok && ch.tally.Since.IsZero() {
			ch.tally = t
		}
		if ch.tally.Since.IsZero() && err == nil {
			ch.tally.Since = time.Now()
		}
	}
	return err
}

// rememberFall has the way down the ladder go on after a restart, where there is more to it than being safe. It needs mu.
func (o *Output) rememberFall(n int) {
	ch := &o.channels[n]
	had := ch.tally.Fallen != nil
	ch.tally.Fallen = nil
	if ch.fall != nil && len(o.cfg.Channels[n].Guard.Ladder) > 0 {
		ch.tally.Fallen = &Fallen{At: ch.fall.at, Reason: ch.fall.reason}
	}
	if had || ch.tally.Fallen != nil {
		ch.uncounted, ch.urgent = true, true
	}
}

// Tallies are the counts of every channel, up to now.
func (o *Output) Tallies() []Tally {
	o.mu.Lock()
	defer o.mu.Unlock()
	all := make([]Tally, len(o.channels))
	for n := range o.channels {
		o.count(n, time.Now())
		all[n] = o.channels[n].tally
	}
	return all
}

// ServiceDue tells whether a channel wants service.
func (o *Output) ServiceDue(n int) bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.cfg.Channels[n].serviceDue(o.channels[n].tally)
}

// Serviced notes that a channel was serviced now: the reminder counts anew.
func (o *Output) Serviced(ctx context.Context, n int) error {
	return o.amend(ctx, n, func(t *Tally) {
		t.ServicedAt, t.ServicedOnS, t.ServicedCycles, t.Reminded = new(time.Now()), t.OnS, t.Cycles, false
	})
}

// ClearTally sets counts of a channel to zero: run_time, cycles, energy, volume or all. What is left until the next service, what
// limits count and what was learned stay as they are.
func (o *Output) ClearTally(ctx context.Context, n int, what string) error {
	switch what {
	case "all", "run_time", "cycles", "energy", "volume":
	default:
		return fieldError("what", "must be all, run_time, cycles, energy or volume")
	}
	now := time.Now()
	is := func(one string) bool { return what == one || what == "all" }
	return o.amend(ctx, n, func(t *Tally) {
		if is("run_time") {
			t.ServicedOnS, t.OnS = t.ServicedOnS-t.OnS, 0
		}
		if is("cycles") {
			t.ServicedCycles, t.Cycles = t.ServicedCycles-t.Cycles, 0
		}
		if is("energy") {
			t.EnergyWh = 0
		}
		if is("volume") {
			t.VolumeML = 0
		}
		if is("all") {
			t.Since = now
		}
	})
}

// amend changes a tally; what is changed would survive a crash when it returns.
func (o *Output) amend(ctx context.Context, n int, change func(*Tally)) error {
	if n < 0 || n >= len(o.channels) {
		return ErrNoChannel
	}
	o.mu.Lock()
	o.count(n, time.Now())
	t := o.channels[n].tally
	change(&t)
	o.mu.Unlock()
	if err := o.cfg.Memory.SaveTally(ctx, n, t, true); err != nil {
		return fmt.Errorf("it could not be written down: %w", err)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	change(&o.channels[n].tally)
	return nil
}
