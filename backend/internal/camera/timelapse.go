package camera

import (
	"fmt"
	"sync"
	"time"

	"hypha/internal/camera/reel"
	"hypha/internal/option"
)

// Timelapse says which stills of a camera are kept. Only with an interval are there any.
type Timelapse struct {
	IntervalS float64 `json:"interval_s" title:"A still every" help:"0 keeps none" min:"0" max:"86400" default:"0" unit:"s"`
	When      string  `json:"when" title:"When" help:"Only then are stills kept" enum:"always,hours,lamp" enum_titles:"Day and night,Between two times,While a lamp is on" default:"always"`
	From      string  `json:"from" when:"when=hours" title:"From" help:"The time of the day at the site" pattern:"^([01][0-9]|2[0-3]):[0-5][0-9]$" default:"06:00" placeholder:"06:00"`
	To        string  `json:"to" when:"when=hours" title:"To" help:"Earlier than From: over midnight" pattern:"^([01][0-9]|2[0-3]):[0-5][0-9]$" default:"22:00" placeholder:"22:00"`
	Output    int64   `json:"output" when:"when=lamp" required:"true" title:"Lamp" help:"The output that lights what the camera sees" format:"output" min:"1"`
	Channel   int     `json:"channel" when:"when=lamp" title:"Channel of the output" help:"Counted from 0" min:"0" max:"255" default:"0" advanced:"true"`
	KeepDays  float64 `json:"keep_days" title:"Keep for" help:"Older stills go" min:"0.1" max:"3650" default:"90" unit:"days"`
	MaxMB     int64   `json:"max_mb" title:"Room on the disk" help:"When it is used up the oldest stills go" min:"64" max:"1000000" default:"2000" unit:"MB"`
}

const leastInterval = 5 // seconds

// Validate keeps stills from coming faster than they can be written.
func (t Timelapse) Validate() error {
	if t.IntervalS > 0 && t.IntervalS < leastInterval {
		return option.Errors{{Field: "interval_s", Message: fmt.Sprintf("must be 0, or at least %d s", leastInterval)}}
	}
	return nil
}

// lapse keeps the stills of one camera.
type lapse struct {
	camera int64
	t      Timelapse
	reel   *reel.Store
	room   func() error
	lit    func(output int64, channel int) (on, known bool)
	zone   *time.Location

	mu    sync.Mutex // guards what follows
	tried time.Time  // when the newest still was begun
	kept  int        // stills since the last trim
}

// trimEach is after how many stills the old ones are looked through.
const trimEach = 50

// next is when the next still is due: on the grid of the interval, so that a restart keeps the rhythm.
func (l *lapse) next(now time.Time) time.Time {
	if !l.wanted(now) {
		return time.Time{}
	}
	every := time.Duration(l.t.IntervalS * float64(time.Second))
	l.mu.Lock()
	defer l.mu.Unlock()
	due := l.tried.Truncate(every).Add(every)
	if due.Before(now) {
		return now
	}
	return due
}

// wanted tells whether it is the time for stills.
func (l *lapse) wanted(now time.Time) bool {
	switch l.t.When {
	case "hours":
		clock := now.In(l.zone).Format("15:04")
		if l.t.From <= l.t.To {
			return l.t.From <= clock && clock < l.t.To
		}
		return clock >= l.t.From || clock < l.t.To
	case "lamp":
		on, known := l.lit(l.t.Output, l.t.Channel)
		return on && known
	}
	return true
}

// keep keeps a still.
func (l *lapse) keep(p *Picture) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	if err := l.room(); err != nil {
		return fmt.Errorf("stills are not kept: %w", err)
	}
	if err := l.reel.Append(l.camera, p.At.UnixMilli(), p.Width, p.Height, p.JPEG); err != nil {
		return err
	}
	if l.kept++; l.kept%trimEach != 1 {
		return nil
	}
	before := p.At.Add(-time.Duration(l.t.KeepDays * 24 * float64(time.Hour)))
	return l.reel.Trim(l.camera, before.UnixMilli(), l.t.MaxMB*1e6)
}

// began is told when a still is tried, whether it works or not: a camera that is away is not asked without end.
func (l *lapse) began(now time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.tried = now
}
