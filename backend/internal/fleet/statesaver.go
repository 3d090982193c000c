package fleet

import (
	"context"
	"errors"
	"fmt"
	"sync"

	"hypha/internal/settings"
)

// stateSaver commits the states of outputs together that are to be saved at the same time: a thousand loops that switch on
// within a second wait for a few commits then, not for a thousand. Nobody waits for others to come: while one commit is under way, the next
// one gathers. Each output waits for its own, so no more wait than there are outputs; the goroutine that goes on for others ends with
// the last of them.
type stateSaver struct {
	store *settings.Store

	mu      sync.Mutex
	busy    bool
	waiting []saving // in the order they came, in which they are stored
}

type saving struct {
	row  settings.OutputState
	done chan error
}

// put returns when the state would survive a power cut. If ctx ends before, it may be stored all the same: a command that
// was not executed for it is made safe after a crash, which does no harm.
func (s *stateSaver) put(ctx context.Context, row settings.OutputState) error {
	one := saving{row, make(chan error, 1)}
	s.mu.Lock()
	s.waiting = append(s.waiting, one)
	lead := !s.busy
	s.busy = true
	s.mu.Unlock()
	if lead {
		if s.next() { // others have come meanwhile; who leads has waited long enough
			go func() {
				for s.next() {
				}
			}()
		}
	}
	select {
	case err := <-one.done:
		return err
	case <-ctx.Done():
		return fmt.Errorf("save the state of output %d: %w", row.OutputID, ctx.Err())
	}
}

// next commits what waits, and tells whether more waits then; if not, whoever comes next leads.
func (s *stateSaver) next() (more bool) {
	s.mu.Lock()
	batch := s.waiting
	s.waiting = nil
	s.mu.Unlock()
	s.commit(batch)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.busy = len(s.waiting) > 0
	return s.busy
}

func (s *stateSaver) commit(batch []saving) {
	ctx, cancel := context.WithTimeout(context.Background(), saveWithin)
	defer cancel()
	rows := make([]settings.OutputState, len(batch))
	for n, one := range batch {
		rows[n] = one.row
	}
	err := s.store.OutputStates.Put(ctx, rows...)
	for _, one := range batch {
		if len(batch) > 1 && errors.Is(err, settings.ErrReference) { // one of the outputs is gone: the others are not
			one.done <- s.store.OutputStates.Put(ctx, one.row)
			continue
		}
		one.done <- err
	}
}
