package app

import (
	"log/slog"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
)

// crashFile is where the runtime writes what it says when the program crashes; the one before is kept beside it.
const (
	crashFile = "crash.txt"
	lastCrash = "crash-last.txt"
)

// watchCrashes has a crash of the program written down, and returns in a line what the last run said when it crashed, ""
// when it did not.
func watchCrashes(dir string, log *slog.Logger) string {
	path := filepath.Join(dir, crashFile)
	said := ""
	if raw, err := os.ReadFile(path); err == nil && len(raw) > 0 {
		said = firstOf(string(raw))
		if err := os.Rename(path, filepath.Join(dir, lastCrash)); err != nil {
			log.Warn("the report of the last crash could not be kept", "error", err)
		}
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err == nil {
		err = debug.SetCrashOutput(f, debug.CrashOptions{})
		_ = f.Close() // the runtime has its own copy
	}
	if err != nil {
		log.Warn("a crash could not be written down", "error", err)
	}
	return said
}

// firstOf is what a crash report begins with, and the first place of ours that it names.
func firstOf(report string) string {
	lines := strings.Split(report, "\n")
	said := strings.TrimSpace(lines[0])
	for _, line := range lines[1:] {
		if place, ok := strings.CutPrefix(line, "hypha/"); ok {
			name := place[:max(0, strings.LastIndex(place, "("))]
			return said + " in " + name
		}
	}
	return said
}
