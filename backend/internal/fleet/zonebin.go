package fleet

import (
	"context"
	"sync"
	"time"
)

// zoneBin knows the zones that lie in the bin. What belongs to one keeps its mark, so that it belongs to it again when
// the zone is restored; until then nobody is shown a zone that is not there.
type zoneBin struct {
	mu  sync.RWMutex
	ids map[int64]bool
}

// load asks the settings which zones lie in the bin.
func (f *Fleet) loadZoneBin(ctx context.Context) error {
	gone, err := f.cfg.Store.Zones.Deleted(ctx, time.Now().Add(24*time.Hour)) // whenever, also by a clock that went ahead
	if err != nil {
		return err
	}
	f.binned.mu.Lock()
	defer f.binned.mu.Unlock()
	f.binned.ids = map[int64]bool{}
	for _, z := range gone {
		f.binned.ids[z.ID] = true
	}
	return nil
}

func (b *zoneBin) put(id int64)  { b.set(id, true) }
func (b *zoneBin) take(id int64) { b.set(id, false) }

func (b *zoneBin) set(id int64, there bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.ids == nil {
		b.ids = map[int64]bool{}
	}
	b.ids[id] = there
}

func (b *zoneBin) has(id int64) bool {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.ids[id]
}

// shown is the zone that people see: none when it lies in the bin.
func (b *zoneBin) shown(id *int64) *int64 {
	if id != nil && b.has(*id) {
		return nil
	}
	return id
}
