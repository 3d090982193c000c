package main

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"time"

	"golang.org/x/sys/unix"
	_ "modernc.org/sqlite" // the driver
)

// programFaults are those of what the program stands on: its disk, its database, its clock.
func programFaults() []fault {
	return []fault{
		{
			name: "the settings are locked by another process", promise: "the loop goes on: off is obeyed", within: 2500 * time.Millisecond,
			try: func(s *site, r *row) error {
				if _, _, err := s.warm(); err != nil {
					return err
				}
				unlock, err := lockSettings(s.ctx, s.dir)
				if err != nil {
					return err
				}
				defer unlock()
				began := time.Now()
				s.rig.do(func() { s.rig.sensor("air").v = 27 })
				r.took, err = s.rig.awaits(s.ctx, "heater", false, began, 20*time.Second)
				r.reaction = "off at the next reading of 27 °C"
				return err
			},
		},
		{
			name: "the clock was set back an hour while it was off", promise: "a command of 5 s lasts no longer than 5 s from the start", within: 7 * time.Second,
			try: func(s *site, r *row) error { return s.clock(r, time.Hour) },
		},
		{
			name: "the clock was set forward an hour while it was off", promise: "a command of 5 s is over at the start", within: 2 * time.Second,
			try: func(s *site, r *row) error { return s.clock(r, -time.Hour) },
		},
		{
			name: "the disk is full", promise: "the loop goes on: off is obeyed, and settings can be read", within: 2500 * time.Millisecond,
			try: fullDisk,
		},
	}
}

// lockSettings holds the settings' database as a process that hangs would.
func lockSettings(ctx context.Context, dir string) (unlock func(), err error) {
	db, err := sql.Open("sqlite", filepath.Join(dir, "settings.db"))
	if err != nil {
		return nil, err
	}
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	if _, err := conn.ExecContext(ctx, "PRAGMA busy_timeout = 5000; BEGIN IMMEDIATE"); err != nil {
		return nil, err
	}
	return func() {
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), "ROLLBACK")
		_ = conn.Close()
		_ = db.Close()
	}, nil
}

// clock has a timed command of 5 s under way when the program dies, and moves the noted times as if the clock had been set
// while it was off.
func (s *site) clock(r *row, back time.Duration) error {
	out, err := s.relay("valve", map[string]any{"at_start": "keep", "on_restart": "finish"})
	if err != nil {
		return err
	}
	if err := s.drive(out, map[string]any{"on": true, "duration_s": 5}); err != nil {
		return err
	}
	s.Kill()
	db, err := sql.Open("sqlite", filepath.Join(s.dir, "settings.db"))
	if err != nil {
		return err
	}
	us := back.Microseconds()
	_, err = db.ExecContext(s.ctx, "UPDATE output_states SET since = since + ?, ends_at = ends_at + ?", us, us)
	if err := errors.Join(err, db.Close()); err != nil {
		return err
	}
	began := time.Now()
	if err := s.start(); err != nil {
		return err
	}
	r.took, err = s.rig.awaits(s.ctx, "valve", false, began, 20*time.Second)
	r.reaction = "off"
	return err
}

// fullDisk has this program started once more where it may mount a disk of its own.
func fullDisk(s *site, r *row) error {
	dir, err := os.MkdirTemp("", "faults-disk-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	cmd := exec.CommandContext(s.ctx, "unshare", "--user", "--map-root-user", "--mount", os.Args[0], "-bin", s.prog.Bin, "-small-disk", dir) //nolint:gosec // itself
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("on a small disk: %w: %s", err, said.String())
	}
	var ms int64
	if _, err := fmt.Sscan(string(out), &ms); err != nil {
		return fmt.Errorf("on a small disk: %q", out)
	}
	r.took, r.reaction = time.Duration(ms)*time.Millisecond, "off at the next reading of 27 °C; the settings were read"
	return nil
}

// onSmallDisk heats on a disk of a few megabytes, fills it, and prints how many ms a command to be off took then.
func onSmallDisk(ctx context.Context, bin, dir string) {
	took, err := func() (time.Duration, error) {
		if err := unix.Mount("tmpfs", dir, "tmpfs", 0, "size=24m"); err != nil {
			return 0, fmt.Errorf("mount: %w", err)
		}
		s, err := newSiteAt(ctx, bin, filepath.Join(dir, "site", "data"))
		if err != nil {
			return 0, err
		}
		defer s.close()
		if _, _, err := s.warm(); err != nil {
			return 0, err
		}
		if err := fill(filepath.Join(dir, "filler")); err != nil {
			return 0, err
		}
		s.pause(3 * time.Second)
		began := time.Now()
		s.rig.do(func() { s.rig.sensor("air").v = 27 })
		took, err := s.rig.awaits(ctx, "heater", false, began, 20*time.Second)
		if err != nil {
			return 0, err
		}
		return took, s.Ask(http.MethodGet, "/outputs", nil, nil)
	}()
	if err != nil {
		fmt.Fprintln(os.Stderr, "faults:", err)
		os.Exit(1)
	}
	fmt.Println(took.Milliseconds())
}

// fill writes until nothing more fits.
func fill(path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() { _ = f.Close() }()
	for size := 1 << 20; size > 0; size /= 2 {
		for {
			if _, err := f.Write(make([]byte, size)); err != nil {
				break
			}
		}
	}
	return nil
}
