package backup

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Place is where a Keeper keeps its backups. It is Hypha's alone: two that write to one folder would remove each other's.
type Place struct {
	To   string // a folder, sftp://user@host[:port]/path or s3://bucket[/prefix]
	SFTP SFTP
	S3   S3
}

// SFTP is how to sign in to a server.
type SFTP struct {
	KeyFile    string // private key without a passphrase
	Password   string
	KnownHosts string // file; default ~/.ssh/known_hosts. A server that is not in it is refused
}

// S3 is an endpoint that speaks S3.
type S3 struct {
	Endpoint  string // https://host[:port]; default Amazon's
	Region    string
	AccessKey string
	SecretKey string
}

// Stored is a backup at a place.
type Stored struct {
	Name  string
	At    time.Time
	Full  bool // begins a chain; others continue the one before them
	Bytes int64
}

// reading is a stored file that is open.
type reading interface {
	io.ReaderAt
	io.Closer
}

// target is a place to which there is a connection.
type target interface {
	// List returns what is there, in any order; names that are not ours are left out.
	List(ctx context.Context) ([]Stored, error)
	// Put stores what write writes. The file is there only when it is whole.
	Put(ctx context.Context, name string, write func(io.Writer) error) (size int64, err error)
	Open(ctx context.Context, name string) (r reading, size int64, err error)
	Remove(ctx context.Context, name string) error
	Close() error
}

// open connects to the place.
func (p Place) open(ctx context.Context) (target, error) {
	scheme, _, ok := strings.Cut(p.To, "://")
	if !ok {
		return newFolder(p.To)
	}
	u, err := url.Parse(p.To)
	if err != nil {
		return nil, err
	}
	switch scheme {
	case "sftp":
		return dialSFTP(ctx, u, p.SFTP)
	case "s3":
		return newBucket(u, p.S3)
	}
	return nil, fmt.Errorf("%s is no place for backups: use a folder, sftp:// or s3://", p.To)
}

const (
	namePrefix = "hypha-"
	nameTime   = "20060102T150405Z"
	fullEnd    = "-full.tar.zst"
	moreEnd    = "-more.tar.zst"
)

func nameOf(at time.Time, full bool) string {
	end := moreEnd
	if full {
		end = fullEnd
	}
	return namePrefix + at.UTC().Format(nameTime) + end
}

// storedAs reads a name; false when a Keeper has not given it.
func storedAs(name string, size int64) (Stored, bool) {
	text, full := strings.CutSuffix(name, fullEnd)
	if !full {
		text = strings.TrimSuffix(name, moreEnd)
	}
	at, err := time.Parse(nameTime, strings.TrimPrefix(text, namePrefix))
	s := Stored{Name: name, At: at, Full: full, Bytes: size}
	return s, err == nil && nameOf(at, full) == name
}

// unfinished reports whether a name is that of a backup whose making was interrupted.
func unfinished(name string) bool {
	of, ok := strings.CutSuffix(name, temporary)
	if ok {
		_, ok = storedAs(of, 0)
	}
	return ok
}

func sorted(all []Stored) []Stored {
	slices.SortFunc(all, func(a, b Stored) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(b.Name, a.Name)) })
	return all
}

// manifestAt reads the manifest of a stored backup: its last few kilobytes.
func manifestAt(ctx context.Context, t target, name string) (*Manifest, error) {
	r, size, err := t.Open(ctx, name)
	if err != nil {
		return nil, err
	}
	m, err := ReadManifest(r, size)
	return m, errors.Join(err, r.Close())
}
