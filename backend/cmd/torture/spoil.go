package main

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"hypha/cmd/internal/program"
)

// history lists the files of a copy's history by a pattern.
func history(dir, pattern string) ([]string, error) {
	return filepath.Glob(filepath.Join(dir, "history", pattern))
}

// flip turns one bit of one file over.
func (t *torture) flip(dir string) (spoil, error) {
	patterns := []string{"journal-*", "*.hist", "*.hist", "*.hist", "edits"}
	for range 100 {
		files, err := history(dir, patterns[t.r.IntN(len(patterns))])
		if err != nil {
			return spoil{}, err
		}
		if len(files) == 0 {
			continue
		}
		path := files[t.r.IntN(len(files))]
		at, err := t.flipIn(path)
		if err == nil && at >= 0 {
			return spoil{file: filepath.Base(path), at: at}, nil
		}
		if err != nil {
			return spoil{}, err
		}
	}
	return spoil{}, errors.New("no file to flip a bit in")
}

// flipIn turns one bit of a file over and returns its byte; -1 when it is empty. What is set aside at the end of a
// journal is left alone.
func (t *torture) flipIn(path string) (int64, error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return 0, err
	}
	used := len(bytes.TrimRight(b, "\x00"))
	if used == 0 {
		return -1, nil
	}
	at := t.r.IntN(used)
	if t.r.IntN(4) == 0 {
		at = t.r.IntN(min(used, 200)) // headers are short, and worth it
	}
	b[at] ^= 1 << t.r.IntN(8)
	return int64(at), os.WriteFile(path, b, 0o600)
}

// Of the journal's form, see backend/internal/history/embedded/journal.go.
const (
	journalHeader = 20
	recordHeader  = 10
	recordMagic   = 0xa99e
	page          = 4096
)

// cut cuts the last journal.
func (t *torture) cut(dir string) (spoil, error) {
	files, err := history(dir, "journal-*")
	if err != nil || len(files) == 0 {
		return spoil{}, err
	}
	path := files[len(files)-1]
	b, err := os.ReadFile(path)
	if err != nil {
		return spoil{}, err
	}
	used := len(bytes.TrimRight(b, "\x00"))
	if used <= journalHeader+1 {
		return spoil{}, nil
	}
	at := journalHeader + t.r.IntN(used-journalHeader)
	torn := false
	for from := journalHeader; from < at; {
		if from+recordHeader > used || binary.LittleEndian.Uint16(b[from:]) != recordMagic {
			from = (from/page + 1) * page
			continue
		}
		end := from + recordHeader + int(binary.LittleEndian.Uint32(b[from+2:]))
		torn = at > from && at < end && len(bytes.Trim(b[from:at], "\x00")) > 0
		from = end
	}
	return spoil{file: filepath.Base(path), at: int64(at), torn: torn, suffix: true}, os.Truncate(path, int64(at))
}

// spoiltSettings flips a bit in a copy of settings.db: the program must either start or say what to do.
func (t *torture) spoiltSettings(to string) error {
	if err := os.RemoveAll(to); err != nil {
		return err
	}
	if err := os.CopyFS(to, os.DirFS(t.dir)); err != nil {
		return err
	}
	name := []string{"settings.db", "settings.db-wal"}[t.r.IntN(2)]
	if name == "settings.db" { // a log that a kill has left would write most of it anew
		if err := t.tidied(to); err != nil {
			return err
		}
	}
	at, err := t.flipIn(filepath.Join(to, name))
	if errors.Is(err, os.ErrNotExist) || at < 0 {
		return nil
	}
	if err != nil {
		return err
	}
	s, err := t.Start(to, t.env)
	if errors.Is(err, program.ErrRefused) {
		if words := s.Said(); !strings.Contains(words, "settings.db") || !strings.Contains(words, "restore") || strings.Contains(words, "panic") {
			t.report.broke(fmt.Sprintf("%s at byte %d: a start is refused without file and remedy: %s", name, at, words))
			return nil
		}
		t.report.count(func(f *Figures) { f.Refusals++ })
		return nil
	}
	if err != nil {
		return err
	}
	defer s.Kill()
	n, err := t.hand.unlike(s)
	if words := s.Died(); words != "" || strings.Contains(s.Said(), "panic") {
		t.report.broke(fmt.Sprintf("%s at byte %d: %s %s", name, at, words, s.Said()))
	}
	if err == nil && n == 0 {
		return nil
	}
	var told struct{ Total int }
	asked := s.Ask(http.MethodGet, "/events?type=alert&source=settings&from="+url.QueryEscape(s.Began.UTC().Format(time.RFC3339Nano)), nil, &told)
	switch {
	case asked == nil && told.Total > 0:
		t.report.count(func(f *Figures) { f.SettingsTold++ })
	case name == "settings.db":
		t.report.count(func(f *Figures) { f.SettingsUnnoticed++ })
	default:
		t.report.broke(fmt.Sprintf("%s at byte %d: %d settings are not as promised (%v, %v), and nobody is told", name, at, n, err, asked))
	}
	return nil
}

// tidied has the program start and end in an orderly way, so that everything is in the files themselves.
func (t *torture) tidied(dir string) error {
	s, err := t.Start(dir, t.env)
	if err != nil {
		return err
	}
	if err := s.Cmd.Process.Signal(syscall.SIGTERM); err != nil {
		return err
	}
	<-s.Ended()
	if !s.Cmd.ProcessState.Success() {
		t.report.broke(fmt.Sprintf("SIGTERM: %v: %s", s.Cmd.ProcessState, s.Said()))
	}
	return nil
}
