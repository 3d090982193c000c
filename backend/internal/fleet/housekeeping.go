package fleet

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"hypha/internal/measure"
	"hypha/internal/settings"
)

const (
	firstTidy     = time.Minute // after the start
	tidyEvery     = time.Hour
	binFor        = 24 * time.Hour // how long what was deleted can be restored
	journalKeep   = 100_000        // entries
	journalKeptOn = 2 * 365 * 24 * time.Hour
)

// housekeeping empties the bin and trims the journal and the history until ctx ends. It begins soon after the start, for
// there are machines that are switched off before an hour has passed.
func (f *Fleet) housekeeping(ctx context.Context) {
	timer := time.NewTimer(firstTidy)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case now := <-timer.C:
			timer.Reset(tidyEvery)
			if err := f.tidy(ctx, now); err != nil && ctx.Err() == nil {
				f.log.Error("tidying up failed", "error", err)
			}
		}
	}
}

// tidy does all that it can: what one part cannot do now keeps no other from its turn.
func (f *Fleet) tidy(ctx context.Context, now time.Time) error {
	var errs []error
	failed := func(what string, err error) {
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", what, err))
		}
	}
	failed("empty the bin", f.emptyBin(ctx, now.Add(-binFor)))
	failed("delete histories", f.dropOrphans(ctx))
	outputs, err := f.cfg.Store.Outputs.Purge(ctx, now.Add(-binFor))
	failed("purge outputs", err)
	f.journal.forget(outputs.IDs)
	failed("trim the doses", f.cfg.Store.OutputBooks.PruneDoses(ctx, now.Add(-2*binFor), now.Add(2*binFor)))
	_, err = f.cfg.Store.Zones.Purge(ctx, now.Add(-binFor))
	failed("purge zones", err)
	_, err = f.cfg.Store.Notes.Purge(ctx, now.Add(-binFor))
	failed("purge notes", err)
	_, err = f.cfg.Store.Methods.Purge(ctx, now.Add(-binFor))
	failed("purge methods", err)
	_, err = f.cfg.Store.Events.Prune(ctx, journalKeep, now.Add(-journalKeptOn))
	failed("trim the journal", err)
	if f.cfg.Retention > 0 {
		_, err = f.cfg.History.DropBefore(ctx, now.Add(-f.cfg.Retention).UnixMilli())
		failed("trim the history", err)
	}
	return errors.Join(errs...)
}

// orphansKey names the channels that are gone for good and whose histories are not yet. They are noted together with
// the end of the channels: the histories lie in another file, which may be full or busy.
const orphansKey = "orphans"

// emptyBin removes the inputs, functions and channels that lie in the bin since before the given time.
func (f *Fleet) emptyBin(ctx context.Context, before time.Time) error {
	return f.cfg.Store.Tx(ctx, func(tx *settings.Store) error {
		inputs, err := tx.Inputs.Purge(ctx, before)
		if err != nil {
			return err
		}
		functions, err := tx.Functions.Purge(ctx, before)
		if err != nil {
			return err
		}
		for _, id := range functions.IDs {
			ref := settings.Ref("function", id)
			for _, key := range []string{stateKey(ref), beginningKey(ref)} {
				if err := tx.KV.Delete(ctx, key); err != nil && !errors.Is(err, settings.ErrNotFound) {
					return err
				}
			}
		}
		removed, err := tx.Channels.PurgeRemoved(ctx, before)
		if err != nil {
			return err
		}
		gone := slices.Concat(inputs.Channels, functions.Channels, removed)
		if len(gone) == 0 {
			return nil
		}
		var orphans []measure.ChannelID
		if _, err := tx.KV.Get(ctx, orphansKey, &orphans); err != nil {
			return err
		}
		return tx.KV.Set(ctx, orphansKey, append(orphans, gone...))
	})
}

// dropOrphans deletes the histories of channels that are gone for good.
func (f *Fleet) dropOrphans(ctx context.Context) error {
	var orphans, left []measure.ChannelID
	if found, err := f.cfg.Store.KV.Get(ctx, orphansKey, &orphans); err != nil || !found {
		return err
	}
	var errs []error
	for _, id := range orphans {
		// A store that cannot delete will not be able to tomorrow either: its own retention sees to it.
		if _, err := f.cfg.History.DeleteChannel(ctx, id); err != nil && !errors.Is(err, errors.ErrUnsupported) {
			left = append(left, id)
			errs = append(errs, fmt.Errorf("channel %d: %w", id, err))
		}
	}
	if len(left) == 0 {
		return f.cfg.Store.KV.Delete(ctx, orphansKey)
	}
	errs = append(errs, f.cfg.Store.KV.Set(ctx, orphansKey, left))
	return errors.Join(errs...)
}
