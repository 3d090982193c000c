package output

import (
	"fmt"
	"sync"
	"time"
)

// Panel is what outputs share, as the circuits behind one board do: who of an interlock group is on, how much current is
// drawn, and since when there is power. It is safe for concurrent use.
//
// A channel is in it from before it is told to be on until its device has taken off; one that may be on, because its
// device does not answer, is in it too.
type Panel struct {
	started     time.Time
	maxCurrentA float64 // 0: no limit

	mu sync.Mutex
	on map[seat]Load
}

// seat is a channel of an output.
type seat struct {
	ref   string
	index int
}

// Load is what a channel is for the others while it is on.
type Load struct {
	Name     string  // for people
	Group    string  // interlock; "": none
	CurrentA float64 // ampere; 0: unknown
}

// InterlockError says that another channel of the group is on, or may be.
type InterlockError struct{ Group, Other string }

func (e *InterlockError) Error() string {
	return fmt.Sprintf("%s is on or may be, and of the group %q one at a time may be on", e.Other, e.Group)
}

// CurrentError says that all that is on would draw too much.
type CurrentError struct{ WouldA, MaxA float64 }

func (e *CurrentError) Error() string {
	return fmt.Sprintf("with what is on it would draw %.4g A, of at most %.4g A", e.WouldA, e.MaxA)
}

// NewPanel makes a panel whose power has come now. maxCurrentA is in ampere; 0: no limit.
func NewPanel(maxCurrentA float64) *Panel {
	return &Panel{started: time.Now(), maxCurrentA: maxCurrentA, on: map[seat]Load{}}
}

// Assume notes a channel that was on when the program ended, so that nothing of its group goes on before it has been
// reached and told.
func (p *Panel) Assume(ref string, index int, l Load) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.on[seat{ref, index}] = l
}

// Forget drops the channels of an output that is gone.
func (p *Panel) Forget(ref string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for at := range p.on {
		if at.ref == ref {
			delete(p.on, at)
		}
	}
}

// enter lets a channel be on; fresh is false when it was let in before. What must be on for safety is not refused for the
// current: the others are.
func (p *Panel) enter(at seat, l Load, must bool) (fresh bool, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	limited := p.maxCurrentA > 0 && l.CurrentA > 0 && !must
	if l.Group != "" || limited { // the others matter to no one else, and there may be thousands
		if err := p.conflict(at, l, limited); err != nil {
			return false, err
		}
	}
	was, known := p.on[at]
	if !known || was != l {
		p.on[at] = l
	}
	return !known, nil
}

// conflict says what of that which is on stands against l. The caller holds the lock.
func (p *Panel) conflict(at seat, l Load, limited bool) error {
	sum := l.CurrentA
	for other, o := range p.on {
		if other == at {
			continue
		}
		sum += o.CurrentA
		if l.Group != "" && o.Group == l.Group {
			return &InterlockError{Group: l.Group, Other: o.Name}
		}
	}
	if limited && sum > p.maxCurrentA {
		return &CurrentError{WouldA: sum, MaxA: p.maxCurrentA}
	}
	return nil
}

func (p *Panel) leave(at seat) {
	p.mu.Lock()
	defer p.mu.Unlock()
	delete(p.on, at)
}

// admit lets a channel be on as far as the others allow it. undo takes that back while nothing has been written yet.
func (o *Output) admit(n int, l Level) (undo func(), err error) {
	cfg := o.cfg.Channels[n]
	if !l.Active() {
		return func() {}, nil
	}
	at := seat{o.cfg.Ref, n}
	safe, ok := cfg.safe()
	fresh, err := o.cfg.Panel.enter(at, Load{Name: o.cfg.Name + ", " + cfg.Name, Group: cfg.Interlock, CurrentA: cfg.CurrentA}, ok && safe.Equal(l))
	if err != nil {
		return nil, err
	}
	return func() {
		if fresh {
			o.cfg.Panel.leave(at)
		}
	}, nil
}
