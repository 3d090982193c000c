package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"hypha/internal/config"
	"hypha/internal/history"
	"hypha/internal/history/embedded"
	"hypha/internal/history/rowstore"
	"hypha/internal/measure"
)

// clockFloor is past for certain: this version was written then. A clock that shows less is wrong.
func clockFloor() time.Time { return time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC) }

// openHistory opens the history. Readings of an earlier version, rows in SQLite, are taken over.
func (p *program) openHistory(ctx context.Context) (durable, error) {
	store, err := embedded.Open(ctx, p.opts.DataDir, p.storeConfig())
	if err != nil {
		return nil, err
	}
	rows := filepath.Join(p.opts.DataDir, rowstore.File)
	if _, err := os.Stat(rows); err == nil {
		if err := p.takeOver(ctx, store, rows); err != nil {
			return nil, errors.Join(fmt.Errorf("take over the readings of %s: %w", rows, err), store.Close())
		}
	} else if !errors.Is(err, fs.ErrNotExist) {
		return nil, errors.Join(err, store.Close())
	}
	p.local = store
	return store, nil
}

// storeConfig is how the embedded store is set up. Tests of the whole program have it seal and tidy often, or on a bad disk.
func (p *program) storeConfig() embedded.Config {
	cfg := embedded.Config{Logger: p.log, OnDamage: p.damages.add}
	if test := p.opts.Test; test != (config.Test{}) {
		p.log.Warn("the history runs with what is only for tests", "settings", test)
		cfg.SealBytes, cfg.TendEvery, cfg.TidyEvery, cfg.Fault = test.SealBytes, test.TendEvery, test.TendEvery, embedded.Fault(test.Disk)
	}
	return cfg
}

// takeOver copies all readings of the rows and puts the file aside. When it is interrupted it begins anew at the next
// start, which does no harm: a reading that is there already is replaced by itself.
func (p *program) takeOver(ctx context.Context, to *embedded.Store, rows string) error {
	from, err := rowstore.Open(ctx, p.opts.DataDir)
	if err != nil {
		return err
	}
	began, n := time.Now(), 0
	p.log.Info("taking over the readings of an earlier version", "file", rows)
	err = copyReadings(ctx, to, from, func(some int) { n += some })
	if err = errors.Join(err, from.Close()); err != nil {
		return err
	}
	if err := errors.Join(to.Seal(ctx), to.Sync(ctx)); err != nil {
		return err
	}
	for _, end := range []string{"-wal", "-shm", ""} { // the file itself last: as long as it is there, this is not done
		if err := os.Rename(rows+end, rows+end+".taken-over"); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	p.log.Info("took over the readings of an earlier version; its file can be deleted",
		"readings", n, "seconds", time.Since(began).Seconds(), "file", rows+".taken-over")
	return nil
}

// copyReadings copies all that one store has into another.
func copyReadings(ctx context.Context, to, from history.Store, done func(int)) error {
	newest, err := from.Latest(ctx, nil, history.End)
	if err != nil {
		return err
	}
	const atOnce = 10_000
	batch := make([]measure.Reading, 0, atOnce)
	flush := func() error {
		err := to.Append(ctx, batch)
		done(len(batch))
		batch = batch[:0]
		return err
	}
	for _, ch := range newest {
		err := from.Raw(ctx, ch.Channel, -history.End-1, history.End, 0, func(r measure.Reading) error {
			if batch = append(batch, r); len(batch) == atOnce {
				return flush()
			}
			return nil
		})
		if err != nil {
			return err
		}
	}
	return flush()
}

// noteDamage tells people of a part of the history that cannot be read.
func (p *program) noteDamage(d embedded.Damage) {
	words := fmt.Sprintf("A part of the history is damaged and left out: %s in %s", d.Part, filepath.Base(d.File))
	if d.Tail {
		words = fmt.Sprintf("The end of the history's journal was not finished and is cut off: %s in %s", d.Part, filepath.Base(d.File))
	}
	data := map[string]any{"file": d.File, "part": d.Part}
	if d.From.Year() >= 1970 && d.To.Year() < 3000 {
		words += fmt.Sprintf(" (%s to %s)", d.From.Format(time.RFC3339), d.To.Format(time.RFC3339))
		data["from"], data["to"] = d.From, d.To
	}
	p.fleet.Note("alert", "history", "", words, data)
}
