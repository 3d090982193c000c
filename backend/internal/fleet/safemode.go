package fleet

import (
	"context"
	"errors"
	"fmt"
	"time"

	"hypha/internal/controller"
	"hypha/internal/settings"
)

// SafeMode says why the controllers are off: the program has failed again and again soon after its start, and what makes
// it fail may be among them. Outputs run, and are safe; inputs that are pushed take readings.
type SafeMode struct {
	Since        Time   `json:"since" swaggertype:"string" format:"date-time"`
	FailedStarts int    `json:"failed_starts"`
	Cause        string `json:"cause"` // of the last failure, as far as it is known
}

const (
	startsKey = "starts"
	// goodAfter is how long the program must run for a start to count as good.
	goodAfter = time.Minute
	// soon is how close together failed starts must be: a machine that is switched off each evening does not fail.
	soon = 10 * time.Minute
)

// starts is what is known of the starts before this one.
type starts struct {
	Failed int       `json:"failed"` // in a row, this one included as long as it is not good
	Begun  time.Time `json:"begun"`
}

// countStart notes that the program starts, and decides whether the controllers stay off. What cannot be written down must
// not keep the program from starting.
func (f *Fleet) countStart(ctx context.Context) {
	if f.cfg.MaxFailedStarts <= 0 {
		return
	}
	now := time.Now()
	var s starts
	err := f.cfg.Store.KV.Update(ctx, startsKey, &s, func() error {
		if away := now.Sub(s.Begun); away > soon {
			s.Failed = 0
		}
		s.Failed, s.Begun = s.Failed+1, now
		return nil
	})
	if err != nil {
		f.log.Error("the start could not be counted", "error", err)
		return
	}
	failed := s.Failed - 1
	if failed < f.cfg.MaxFailedStarts {
		return
	}
	cause := f.cfg.LastCrash
	if cause == "" {
		cause = "the program was ended from outside: killed, out of memory, or without power"
	}
	f.safeMode.Store(&SafeMode{Since: Time(now), FailedStarts: failed, Cause: cause})
	f.log.Error("the controllers stay off: the program has failed again and again", "failed_starts", failed, "cause", cause)
	f.journal.add("alert", "system", "", fmt.Sprintf("The controllers stay off and the outputs are safe: the program has failed %d times in a row within %v of its start (%s)", failed, goodAfter, cause),
		map[string]any{"safe_mode": true, "failed_starts": failed, "cause": cause})
}

// startWasGood forgets failed starts: the program has run for a while, or ends as it should.
func (f *Fleet) startWasGood(ctx context.Context) {
	if f.cfg.MaxFailedStarts <= 0 {
		return
	}
	if err := f.cfg.Store.KV.Delete(ctx, startsKey); err != nil && !errors.Is(err, settings.ErrNotFound) {
		f.log.Error("that the start was good could not be noted", "error", err)
	}
}

// watchStart notes when the start was good.
func (f *Fleet) watchStart(ctx context.Context) {
	timer := time.NewTimer(goodAfter)
	defer timer.Stop()
	select {
	case <-timer.C:
		f.startWasGood(ctx)
	case <-ctx.Done():
	}
}

// SafeMode says why the controllers are off; nil: they are not.
func (f *Fleet) SafeMode() *SafeMode { return f.safeMode.Load() }

// safeStart is what outputs that start are told: nil, or why they must be safe.
func (f *Fleet) safeStart() string {
	if f.SafeMode() == nil {
		return ""
	}
	return "the program has failed again and again: the controllers are off"
}

// Resume starts the controllers that safe mode keeps off.
func (f *Fleet) Resume(ctx context.Context, by string) error {
	if f.safeMode.Swap(nil) == nil {
		return nil
	}
	f.journal.add("alert", "system", by, "The controllers were started again", map[string]any{"safe_mode": false})
	ctx = context.WithoutCancel(ctx)
	rows, _, err := f.cfg.Store.Inputs.List(ctx, settings.Filter{})
	if err != nil {
		return err
	}
	var errs []error
	for _, row := range rows {
		if row.Enabled && !f.inputs[row.Kind].Pushed {
			errs = append(errs, f.resumeInput(ctx, row))
		}
	}
	functions, _, err := f.cfg.Store.Functions.List(ctx, settings.Filter{})
	errs = append(errs, err)
	for _, row := range functions {
		if row.Enabled {
			errs = append(errs, f.resumeFunction(ctx, row))
		}
	}
	return errors.Join(errs...)
}

func (f *Fleet) resumeInput(ctx context.Context, row settings.Input) error {
	unlock, err := f.edits.lock(ctx, controller.Ref(row.Ref()))
	if err != nil {
		return err
	}
	defer unlock()
	_, err = f.begin(ctx, row.ID)
	if errors.Is(err, settings.ErrNotFound) { // deleted meanwhile
		return nil
	}
	return err
}

func (f *Fleet) resumeFunction(ctx context.Context, row settings.Function) error {
	unlock, err := f.edits.lock(ctx, controller.Ref(row.Ref()))
	if err != nil {
		return err
	}
	defer unlock()
	_, err = f.beginFunction(ctx, row.ID)
	if errors.Is(err, settings.ErrNotFound) { // deleted meanwhile
		return nil
	}
	return err
}
