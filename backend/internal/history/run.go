package history

import (
	"context"
	"fmt"
	"time"
)

// Run commits every WriterConfig.Every, earlier when a batch is full or someone flushes, until ctx ends; then once more,
// within DrainTime. After a failed commit it tries again with growing pauses. It returns an error only when the last
// commit fails: what still waits then is gone with the process.
func (w *Writer) Run(ctx context.Context) error {
	tick := time.NewTicker(w.cfg.Every)
	defer tick.Stop()
	r := run{Writer: w, synced: time.Now()}
	for {
		select {
		case <-ctx.Done():
			return w.drain(context.WithoutCancel(ctx))
		case now := <-tick.C:
			w.mu.Lock()
			w.release(now)
			w.mu.Unlock()
			r.commit(ctx, true)
		case <-w.wake:
			r.commit(ctx, false)
		}
	}
}

// run is what one call of Run keeps to itself.
type run struct {
	*Writer
	pause  time.Duration // between tries; 0 = the store works
	next   time.Time     // of the next try, while the store fails
	synced time.Time
}

// commit stores what is due. Without a tick, that is full batches, or everything when someone flushes.
func (r *run) commit(ctx context.Context, tick bool) {
	r.alarm()
	if r.pause > 0 && time.Now().Before(r.next) {
		return
	}
	for more := tick || r.due(); more; {
		batch := r.take()
		if len(batch) == 0 {
			break
		}
		err := r.cfg.Store.Append(ctx, batch)
		if err != nil && ctx.Err() != nil {
			// Stopped amid a commit: not the store's fault; drain tries again.
			r.putBack()
			return
		}
		more = r.settle(err)
		r.paceAfter(err)
		if err == nil {
			r.Stored()
		} else {
			r.alarm()
		}
	}
	r.syncIfDue(ctx)
}

// paceAfter doubles the pause with each failure.
func (r *run) paceAfter(err error) {
	if err == nil {
		r.pause = 0
		return
	}
	r.pause = min(max(2*r.pause, r.cfg.Every), max(r.cfg.RetryMax, r.cfg.Every))
	r.next = time.Now().Add(r.pause)
}

func (r *run) syncIfDue(ctx context.Context) {
	store, ok := r.cfg.Store.(syncer)
	if !ok || time.Since(r.synced) < r.cfg.SyncEvery || !r.unsynced.Swap(false) {
		return
	}
	r.synced = time.Now()
	err := store.Sync(ctx)
	if err != nil {
		r.unsynced.Store(true)
	}
	if err == nil || ctx.Err() == nil {
		r.settleSync(err)
	}
}

// Stored notes that there is something to sync. Who stores readings past the writer, because somebody waits for them,
// calls it, for any goroutine.
func (w *Writer) Stored() { w.unsynced.Store(true) }

// settleSync notes how a sync went, and tells of the first that fails and the first that works again.
func (w *Writer) settleSync(err error) {
	w.mu.Lock()
	before := w.state.SyncErr
	w.state.SyncErr = err
	state := w.snapshot()
	w.mu.Unlock()
	switch {
	case err != nil && before == nil:
		w.cfg.Logger.Error("history is not safe from a power cut", "error", err)
		w.cfg.OnChange(state)
	case err == nil && before != nil:
		w.cfg.Logger.Info("history is safe from a power cut again")
		w.cfg.OnChange(state)
	}
}

// due says whether a commit cannot wait for the next tick.
func (w *Writer) due() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return len(w.waiting) >= w.cfg.Batch || w.settled() < w.flushTo
}

// putBack undoes take.
func (w *Writer) putBack() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.waiting = append(w.inflight, w.waiting...)
	w.inflight = nil
}

// drain stores all that waits and syncs.
func (w *Writer) drain(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, w.cfg.DrainTime)
	defer cancel()
	for batch := w.take(); len(batch) > 0; batch = w.take() {
		err := w.cfg.Store.Append(ctx, batch)
		w.settle(err)
		if err != nil {
			return fmt.Errorf("%d %w: %w", w.State().Queued, errNoDrain, err)
		}
	}
	if store, ok := w.cfg.Store.(syncer); ok {
		return store.Sync(ctx)
	}
	return nil
}
