package output

import (
	"context"
	"fmt"
	"time"
)

// Dose is what was asked of a volume channel. It counts from before it is given, whether or not the device has taken it.
type Dose struct {
	Index int
	T     time.Time
	ML    float64
}

// Doser is a Writer whose doses take time: it says how long. The channel is told 0 ml when it is over. Without it a dose
// counts as given when the device has taken it.
type Doser interface {
	DoseTime(channel int, ml float64) time.Duration
}

const (
	doseHour = time.Hour
	doseDay  = 24 * time.Hour
)

// ledger are the doses of a channel within a day, oldest first. Doses of one minute are one entry, of the time of the
// last: that bounds it, and errs on the safe side.
type ledger struct {
	known bool // else they could not be loaded, and nothing may be dosed that is limited
	doses []Dose
}

func (l *ledger) add(d Dose) {
	if n := len(l.doses); n > 0 && d.T.Sub(l.doses[n-1].T) < time.Minute && l.doses[n-1].T.Truncate(time.Minute).Equal(d.T.Truncate(time.Minute)) {
		l.doses[n-1].T, l.doses[n-1].ML = d.T, l.doses[n-1].ML+d.ML
		return
	}
	l.doses = append(l.doses, d)
}

// within is what was dosed in the time before now; left is when the first of it does not count any more.
func (l *ledger) within(window time.Duration, now time.Time) (ml float64, left time.Time) {
	for _, d := range l.doses {
		if now.Sub(d.T) >= window {
			continue
		}
		if ml == 0 {
			left = d.T.Add(window)
		}
		ml += d.ML
	}
	return ml, left
}

func (l *ledger) trim(now time.Time) {
	first := 0
	for first < len(l.doses) && now.Sub(l.doses[first].T) >= doseDay {
		first++
	}
	l.doses = append(l.doses[:0], l.doses[first:]...)
}

// loadDoses fetches what was dosed within the last day. A dose that seems to come from the future, because the clock was
// set back, counts as one of now.
func (o *Output) loadDoses(ctx context.Context) error {
	now := time.Now()
	doses, err := o.cfg.Memory.Doses(ctx, now.Add(-doseDay))
	if err != nil {
		return err
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	for n := range o.channels {
		o.channels[n].ledger = ledger{known: true}
	}
	for _, d := range doses {
		if d.Index < 0 || d.Index >= len(o.channels) {
			continue
		}
		if d.T.After(now) {
			d.T = now
		}
		o.channels[d.Index].ledger.doses = append(o.channels[d.Index].ledger.doses, d)
	}
	return nil
}

// doses tells whether a level is a dose.
func doses(l Level) bool { return l.VolumeML != nil && *l.VolumeML > 0 }

// recallDoses makes sure that it is known what was dosed before a dose is judged.
func (o *Output) recallDoses(ctx context.Context, n int, l Level) error {
	o.mu.Lock()
	known := o.channels[n].ledger.known
	o.mu.Unlock()
	if known || !doses(l) {
		return nil
	}
	if err := o.loadDoses(ctx); err != nil {
		return fmt.Errorf("what was dosed before is not known, so nothing was dosed: %w", err)
	}
	return nil
}

// dosable refuses a dose beyond the limits, or while another one is under way. It needs mu.
func (o *Output) dosable(n int, l Level, now time.Time) error {
	if !doses(l) {
		return nil
	}
	ch, limits := &o.channels[n], o.cfg.Channels[n].Limits
	if end := ch.state.EndsAt; doses(ch.state.Level) && end != nil && end.After(now) {
		return fieldError("volume_ml", fmt.Sprintf("a dose is under way for another %v: wait, or stop it with 0 ml", roundUp(end.Sub(now))))
	}
	ch.ledger.trim(now)
	for _, one := range []struct {
		most   *float64
		window time.Duration
		words  string
	}{{limits.VolumePerHour, doseHour, "an hour"}, {limits.VolumePerDay, doseDay, "a day"}} {
		if one.most == nil {
			continue
		}
		given, left := ch.ledger.within(one.window, now)
		if given+*l.VolumeML > *one.most*(1+1e-9) { // sums of decimal fractions
			words := fmt.Sprintf("would make it more than %g ml within %s: a limit of this output; %.4g ml are left", *one.most, one.words, max(0, *one.most-given))
			if given > 0 {
				words += fmt.Sprintf(", more from %s on", left.UTC().Format(time.RFC3339))
			}
			return fieldError("volume_ml", words)
		}
	}
	return nil
}

// book writes a dose down before it is given: one that is interrupted counts, and is not repeated.
func (o *Output) book(ctx context.Context, n int, l Level) error {
	if !doses(l) {
		return nil
	}
	d := Dose{Index: n, T: time.Now(), ML: *l.VolumeML}
	if err := o.cfg.Memory.AddDose(ctx, d); err != nil {
		return fmt.Errorf("the dose could not be written down, so it was not given: %w", err)
	}
	o.mu.Lock()
	defer o.mu.Unlock()
	o.channels[n].ledger.add(d)
	o.channels[n].tally.VolumeML += d.ML
	o.channels[n].uncounted = true
	return nil
}

// doseEnd is when a dose that begins now is over; nil when that is not known. It needs mu.
func (o *Output) doseEnd(n int, l Level, now time.Time) *time.Time {
	if d, ok := o.writer.(Doser); ok && doses(l) {
		if takes := d.DoseTime(n, *l.VolumeML); takes > 0 {
			return new(now.Add(takes))
		}
	}
	return nil
}
