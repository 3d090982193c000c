package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"

	"hypha/internal/backup"
)

type backupCmd struct {
	Data  string `required:"" help:"Data folder; a server may run on it." placeholder:"DIR"`
	File  string `arg:"" help:"File to write, or - for standard output."`
	Since string `help:"Leave out the history that this earlier backup has: both are then needed to restore." placeholder:"FILE"`
}

// Run is called by kong.
func (c *backupCmd) Run(ctx context.Context) error {
	o := backup.Options{Program: version, Progress: progress(os.Stderr, "saved")}
	if c.Since != "" {
		a, errA := os.Stat(c.Since)
		if b, errB := os.Stat(c.File); errA == nil && errB == nil && os.SameFile(a, b) {
			return usageError{errors.New("--since names the file to write: give the new one another name")}
		}
		var err error
		if o.Since, err = backup.ManifestOf(c.Since); err != nil {
			return fmt.Errorf("--since: %w", err)
		}
	}
	if c.File == "-" {
		m, err := backup.Write(ctx, os.Stdout, c.Data, o)
		if err != nil {
			return err
		}
		fmt.Fprintln(os.Stderr, saved(m))
		return nil
	}
	if info, err := os.Stat(c.File); err == nil && !info.Mode().IsRegular() {
		return usageError{fmt.Errorf("%s is no file", c.File)}
	}
	m, size, err := backup.Save(ctx, c.File, c.Data, o)
	if err != nil {
		return err
	}
	fmt.Printf("%s, to %s: %d bytes\n", saved(m), c.File, size)
	return nil
}

func saved(m *backup.Manifest) string {
	text := fmt.Sprintf("saved %d files of %d bytes with about %d readings", len(m.Files), m.Bytes(), m.Readings)
	if n := len(m.Earlier); n > 0 {
		text += fmt.Sprintf(" (continues %d earlier)", n)
	}
	return text
}

type restoreCmd struct {
	Data string   `required:"" help:"Data folder. No server may run on it." placeholder:"DIR"`
	File string   `arg:"" help:"The backup."`
	From []string `help:"An earlier backup that FILE continues, when it lies in another folder. May be repeated." placeholder:"FILE"`
}

// Run is called by kong.
func (c *restoreCmd) Run(ctx context.Context) error {
	r, err := backup.Restore(ctx, c.File, c.Data, c.From)
	if errors.Is(err, fs.ErrNotExist) && r.Manifest == nil {
		return fmt.Errorf("there is no backup %s: %w", c.File, err)
	}
	if err != nil {
		return err
	}
	fmt.Printf("restored %d files with about %d readings, as they were at %s\n",
		len(r.Manifest.Files), r.Manifest.Readings, r.Manifest.Created.Local().Format("2006-01-02 15:04:05"))
	if r.Kept != "" {
		fmt.Printf("what was there before lies in %s: delete it when all is well\n", r.Kept)
	}
	return nil
}

// progress shows how far it is, when somebody looks.
func progress(to *os.File, what string) func(done, total int64) {
	info, err := to.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 {
		return nil
	}
	shown := int64(-1)
	return func(done, total int64) {
		percent := done * 100 / max(total, 1)
		if percent == shown {
			return
		}
		shown = percent
		fmt.Fprintf(to, "\r%s %d %% of %d MB", what, percent, total>>20)
		if done >= total {
			fmt.Fprint(to, "\r\x1b[K")
		}
	}
}
