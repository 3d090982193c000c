package remote

import (
	"context"
	"errors"
	"log/slog"
	"sync"

	"hypha/internal/history"
	"hypha/internal/measure"
)

// Forwarder is a history.Store whose readings also go to a remote engine. The Store inside has the say: what the outbox
// cannot take is counted and reported, and fails nothing. Deletions stay here; a changed unit goes on as another series.
type Forwarder struct {
	history.Store
	outbox *Outbox
	logger *slog.Logger

	mu      sync.Mutex
	failing bool // the outbox; told once
}

// Forward puts an outbox beside a store. Both belong to the Forwarder from now on.
func Forward(store history.Store, outbox *Outbox) *Forwarder {
	return &Forwarder{Store: store, outbox: outbox, logger: outbox.cfg.Logger}
}

// Append stores readings; see history.Store. They are forwarded when they are stored.
func (f *Forwarder) Append(ctx context.Context, readings []measure.Reading) error {
	if err := f.Store.Append(ctx, readings); err != nil {
		return err
	}
	// What is stored must not be missing there because somebody no longer waits.
	err := f.outbox.Append(context.WithoutCancel(ctx), readings)
	if err != nil {
		f.outbox.sender.lost(len(readings))
	}
	f.report(err)
	return nil
}

// report logs when forwarding begins to fail and when it works again.
func (f *Forwarder) report(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	switch {
	case err != nil && !f.failing:
		f.logger.Error("readings cannot be queued for the remote engine; they are stored here", "error", err)
	case err == nil && f.failing:
		f.logger.Info("readings are queued for the remote engine again")
	}
	f.failing = err != nil
}

// Sync brings what was appended to the disk. The queue's part is reported and fails nothing.
func (f *Forwarder) Sync(ctx context.Context) error {
	if err := f.outbox.Sync(ctx); err != nil {
		f.report(err)
	}
	if s, ok := f.Store.(interface {
		Sync(ctx context.Context) error
	}); ok {
		return s.Sync(ctx)
	}
	return nil
}

// State says how forwarding goes.
func (f *Forwarder) State() State { return f.outbox.State() }

// Close closes both.
func (f *Forwarder) Close() error { return errors.Join(f.outbox.Close(), f.Store.Close()) }
