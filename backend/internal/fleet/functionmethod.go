package fleet

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hypha/internal/settings"
)

// SetpointOf is the value of a stored method at a time.
func (e *env) SetpointOf(id int64, now time.Time) (float64, bool, error) {
	v, err := e.fleet.setpointOf(context.Background(), id, e.begunAt(id, now), now)
	switch {
	case errors.Is(err, ErrNotFound):
		return 0, false, fmt.Errorf("there is no method %d", id)
	case err != nil:
		return 0, false, err
	case !v.OK && v.Ended:
		return 0, true, fmt.Errorf("method %d has ended", id)
	case !v.OK:
		return 0, false, fmt.Errorf("method %d has no value at this time", id)
	}
	return v.V, v.Ended, nil
}

// beginning is when a function began to follow a method.
type beginning struct {
	Method int64     `json:"method"`
	At     time.Time `json:"at"`
}

func beginningKey(ref string) string { return ref + "/method" }

// begunAt is when the function began to follow a method; it begins now if it did not follow this one.
func (e *env) begunAt(id int64, now time.Time) time.Time {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.begun == nil {
		var b beginning
		if found, err := e.fleet.cfg.Store.KV.Get(context.Background(), beginningKey(e.Ref()), &b); err == nil && found {
			e.begun = &b
		}
	}
	if e.begun == nil || e.begun.Method != id {
		e.begin(id, now)
	}
	return e.begun.At
}

// begin notes a beginning. It needs mu.
func (e *env) begin(id int64, now time.Time) {
	e.begun = &beginning{Method: id, At: now.Round(0).Truncate(time.Millisecond)}
	ctx, cancel := context.WithTimeout(context.Background(), saveWithin)
	defer cancel()
	if err := e.fleet.cfg.Store.KV.Set(ctx, beginningKey(e.Ref()), e.begun); err != nil {
		e.fleet.log.Error("the beginning of a method could not be noted; after a restart it begins anew", "function", e.Ref(), "error", err)
	}
}

// BeginMethod begins a method anew.
func (e *env) BeginMethod(id int64, now time.Time) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.begin(id, now)
}

// forgetBeginning has a function begin its method anew when it next asks for it.
func (f *Fleet) forgetBeginning(ctx context.Context, ref string) {
	if err := f.cfg.Store.KV.Delete(ctx, beginningKey(ref)); err != nil && !errors.Is(err, settings.ErrNotFound) {
		f.log.Error("the beginning of a method could not be forgotten", "function", ref, "error", err)
	}
}
