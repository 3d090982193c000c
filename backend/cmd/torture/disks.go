package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"hypha/cmd/internal/program"
)

// badDisks works on disks whose syncs are slow, or fail.
func (t *torture) badDisks(rounds int) error {
	well := t.env
	defer func() { t.env = well }()
	for range rounds {
		for _, fault := range []string{"fsync-slow", "fsync-fail"} {
			t.env = append(often(), "HYPHA_TEST_DISK="+fault)
			if err := t.life(2*time.Second, 3*time.Second); err != nil {
				return fmt.Errorf("%s: %w", fault, err)
			}
			t.report.count(func(f *Figures) { f.BadDisks++ })
		}
	}
	t.env = well
	s, err := t.begin()
	if err != nil {
		return err
	}
	defer s.Kill()
	var answer struct{ Items []struct{ Message string } }
	if err := s.Ask(http.MethodGet, "/events?type=alert&source=history&limit=1000", nil, &answer); err != nil {
		return err
	}
	for _, e := range answer.Items {
		if strings.Contains(e.Message, "does not take the history for good") {
			return nil
		}
	}
	t.report.broke("syncs of the history have failed, and nobody is told")
	return nil
}

// fullDisks has this program started once more, where it may mount a disk of its own.
func (t *torture) fullDisks(dir string, rounds int, seed uint64) error {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	own := []string{"--user", "--map-root-user", "--mount"}
	try := append(append([]string{}, own...), "sh", "-c", `mount -t tmpfs -o size=1m tmpfs "$0"`, dir)
	if out, err := exec.Command("unshare", try...).CombinedOutput(); err != nil { //nolint:gosec,noctx // it mounts or it does not
		t.report.count(func(f *Figures) {
			f.Skipped = append(f.Skipped, fmt.Sprintf("full disks: nothing can be mounted here: %v %s", err, bytes.TrimSpace(out)))
		})
		return nil //nolint:nilerr // it is told
	}
	cmd := exec.Command("unshare", append(own, os.Args[0], "-bin", t.Bin, "-small-disk", dir, //nolint:gosec,noctx // itself
		"-rounds", strconv.Itoa(rounds), "-seed", strconv.FormatUint(seed, 10))...)
	cmd.Stderr = os.Stderr
	out, err := cmd.Output()
	if err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	return t.report.add(out)
}

// onSmallDisk works on a disk of a few megabytes, fills it, kills the program on it, and makes room again.
func (t *torture) onSmallDisk(rounds int) error {
	if err := unix.Mount("tmpfs", t.dir, "tmpfs", 0, "size=24m"); err != nil {
		return fmt.Errorf("mount: %w", err)
	}
	filler := filepath.Join(t.dir, "filler")
	// Old history must not make room here: it is what is looked for.
	t.dir, t.env = filepath.Join(t.dir, "data"), append(often(), "HYPHA_HISTORY_KEEP_FREE_MB=0")
	if err := t.prepare(); err != nil {
		return err
	}
	for n := range rounds {
		if err := t.life(200*time.Millisecond, 500*time.Millisecond); err != nil {
			return err
		}
		if err := t.untilFull(filler, n%2 == 0); err != nil {
			return err
		}
		t.report.count(func(f *Figures) { f.FullDisks++ })
	}
	s, err := t.begin()
	if err != nil {
		return err
	}
	s.Kill()
	return nil
}

// untilFull fills the disk while readings come, and makes room again: while the program runs, or after it was killed.
func (t *torture) untilFull(filler string, kill bool) error {
	s, err := t.begin()
	if err != nil {
		return err
	}
	defer func() { s.Kill() }()
	full := make(chan error, 1)
	go func() { full <- fill(filler) }()
	refused := 0
	for n := 0; refused < 20 && n < 3000; n++ {
		w := t.writers[n%writers]
		if _, err := w.push(s); err != nil {
			refused++
			if words := s.Died(); words != "" {
				return errors.New(words)
			}
			if !strings.Contains(err.Error(), "503") {
				t.report.broke(fmt.Sprintf("a push on a full disk: %v", err))
			}
		}
		_ = t.hand.change(s) // refused, most likely
	}
	if err := <-full; err != nil {
		return err
	}
	if refused == 0 {
		t.report.broke("the disk did not get full")
	}
	t.report.count(func(f *Figures) { f.RefusedPushes += refused })
	t.check(s)
	if kill {
		s.Kill()
		t.report.count(func(f *Figures) { f.Kills++ })
		again, err := t.begin() // with the disk still full
		if err != nil {
			return fmt.Errorf("on a full disk: %w", err)
		}
		s = again
		_, _ = t.writers[0].push(s) // whether it is taken is its own affair
	}
	if err := os.Remove(filler); err != nil {
		return err
	}
	return t.recovered(s)
}

// recovered waits until readings and settings are taken again.
func (t *torture) recovered(s *program.Server) error {
	late := time.Now().Add(time.Minute)
	for {
		var health struct{ Status string }
		asked := s.Ask(http.MethodGet, "/health", nil, &health)
		ok, err := t.writers[0].push(s)
		if err = errors.Join(asked, err, t.hand.change(s)); ok && err == nil && health.Status == "ok" {
			t.check(s)
			return nil
		}
		if time.Now().After(late) {
			t.report.broke(fmt.Sprintf("with room again it is %q: %v", health.Status, err))
			return nil
		}
		wait(context.Background(), 50*time.Millisecond)
	}
}

// fill leaves no room.
func fill(path string) error {
	f, err := os.Create(path)
	if err != nil {
		return err
	}
	for err == nil {
		_, err = f.Write(make([]byte, 16<<10))
	}
	if !errors.Is(err, syscall.ENOSPC) {
		return errors.Join(err, f.Close())
	}
	return f.Close()
}
