package history

import (
	"slices"
	"time"

	"hypha/internal/measure"
)

// A machine without a clock of its own starts in 1970, or whenever it was told last, and is set right once it reaches
// the network. Readings of that time have the wrong date, but the monotonic clock has counted since: they are held until
// the clock is right, and then dated by it.

// hold takes readings that came while the clock was wrong; false when it is right. Needs mu.
func (w *Writer) hold(readings []measure.Reading) bool {
	if now := time.Now(); w.cfg.Floor.IsZero() || !now.Before(w.cfg.Floor) {
		w.release(now)
		return false
	}
	if len(w.held) == 0 {
		w.cfg.Logger.Warn("the clock of this machine is wrong; readings wait until it is set", "clock", time.Now())
	}
	w.held = append(w.held, readings...)
	if over := len(w.held) - w.cfg.Bound; over > 0 {
		w.held = slices.Delete(w.held, 0, over)
		w.state.Lost += uint64(over)
	}
	w.state.Held = len(w.held)
	return true
}

// release dates what was held, once the clock is right. Needs mu.
func (w *Writer) release(now time.Time) {
	if len(w.held) > 0 && !now.Before(w.cfg.Floor) {
		w.releaseAt(now.UnixMilli(), now.Sub(w.began))
	}
}

// releaseAt dates what was held, when the clock shows now and the monotonic one has counted so much since the writer was
// made. Needs mu.
func (w *Writer) releaseAt(now int64, counted time.Duration) {
	// What the clock shows now, less what was counted, is when the writer was really made; what it showed then is began.
	shift := now - counted.Milliseconds() - w.began.UnixMilli()
	for i := range w.held {
		w.held[i].T += shift
	}
	w.cfg.Logger.Info("the clock of this machine is right now; readings that waited are dated", "readings", len(w.held))
	w.waiting = append(w.waiting, w.held...)
	w.accepted += uint64(len(w.held))
	w.held, w.state.Held = nil, 0
}
