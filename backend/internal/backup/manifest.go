package backup

import (
	"encoding/hex"
	"errors"
	"fmt"
	"math"
	"regexp"
	"time"

	"hypha/internal/history/embedded"
	"hypha/internal/history/rowstore"
	"hypha/internal/secret"
	"hypha/internal/settings"
)

// format is the version of the file; a program refuses what is newer than it knows.
const format = 1

// configFile is the configuration inside the data folder.
const configFile = "hypha.yaml"

// What can be wrong with a file.
var (
	ErrNoBackup = errors.New("is no backup, or its end is missing: take another copy of it")
	ErrDamaged  = errors.New("is damaged: use another copy, or another backup")
	ErrNewer    = errors.New("was made by a newer version of Hypha: restore it with that version")
)

// Manifest says what a backup holds.
type Manifest struct {
	Format   int       `json:"format"`
	ID       string    `json:"id"`
	Created  time.Time `json:"created"`
	Host     string    `json:"host"`
	Program  string    `json:"program"`           // version that made it
	Readings int64     `json:"readings"`          // about: see embedded.Snapshot
	Files    []File    `json:"files"`             // of the data folder
	Earlier  []Earlier `json:"earlier,omitempty"` // backups that have parts of them
}

// File is one file of the data folder.
type File struct {
	Name     string    `json:"name"` // with slashes, in the data folder
	Size     int64     `json:"size"`
	SHA256   string    `json:"sha256"`
	Modified time.Time `json:"modified"`
	Parts    []Part    `json:"parts"` // one after the other they are the file
}

// Part is where bytes of a file lie.
type Part struct {
	Backup string `json:"backup,omitempty"` // id; "" is this one
	Entry  string `json:"entry"`            // of its tar
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// Earlier names a backup that another one refers to.
type Earlier struct {
	ID      string    `json:"id"`
	Created time.Time `json:"created"`
}

// Bytes is the size of all files of the folder together.
func (m *Manifest) Bytes() (sum int64) {
	for _, f := range m.Files {
		sum += f.Size
	}
	return sum
}

// file returns the entry of a name; nil when there is none.
func (m *Manifest) file(name string) *File {
	for i := range m.Files {
		if m.Files[i].Name == name {
			return &m.Files[i]
		}
	}
	return nil
}

// check refuses a manifest that this program would not write: names that lead out of the folder, sizes that do not add up.
func (m *Manifest) check() error {
	switch {
	case m.Format > format:
		return fmt.Errorf("%w (format %d, made by Hypha %s; this one knows %d)", ErrNewer, m.Format, m.Program, format)
	case m.Format < 1 || !isID(m.ID):
		return ErrDamaged
	}
	known := map[string]bool{"": true}
	for _, e := range m.Earlier {
		known[e.ID] = isID(e.ID)
	}
	seen := map[string]bool{}
	var total int64
	for _, f := range m.Files {
		if !saved(f.Name) || seen[f.Name] {
			return fmt.Errorf("%w (it holds %q)", ErrDamaged, f.Name)
		}
		seen[f.Name] = true
		var sum int64
		for _, p := range f.Parts {
			if p.Size < 0 || p.Size > math.MaxInt64-sum || !known[p.Backup] || !isSHA256(p.SHA256) {
				return fmt.Errorf("%w (a part of %s)", ErrDamaged, f.Name)
			}
			sum += p.Size
		}
		if f.Size != sum || sum > math.MaxInt64-total || !isSHA256(f.SHA256) {
			return fmt.Errorf("%w (the size of %s)", ErrDamaged, f.Name)
		}
		total += sum
	}
	if !seen[settings.File] {
		return fmt.Errorf("%w (it holds no %s)", ErrDamaged, settings.File)
	}
	return nil
}

// saved reports whether a name is one of those that backups hold.
func saved(name string) bool {
	switch name {
	case settings.File, secret.KeyFile, configFile, rowstore.File:
		return true
	}
	return regexp.MustCompile(`^` + embedded.Folder + `/(edits|journal-[0-9]+|week[+-][0-9]+\.g[0-9]+\.hist)$`).MatchString(name)
}

func isSHA256(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == 32
}

func isID(s string) bool {
	b, err := hex.DecodeString(s)
	return err == nil && len(b) == idBytes
}
