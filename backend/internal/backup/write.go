package backup

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"
)

// Options of a backup.
type Options struct {
	Program  string                  // version of the program
	Since    *Manifest               // leaves out what that one has
	Progress func(done, total int64) // bytes of the folder; may be nil
}

// Write saves the folder to w. A server may run on it meanwhile.
func Write(ctx context.Context, w io.Writer, dir string, o Options) (m *Manifest, err error) {
	g, err := gather(ctx, dir)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, g.close()) }()
	id := make([]byte, idBytes)
	rand.Read(id) // never fails
	m = &Manifest{
		Format: format, ID: hex.EncodeToString(id), Created: time.Now().UTC().Truncate(time.Millisecond), Program: o.Program, Readings: g.readings,
	}
	m.Host, _ = os.Hostname() // for people only
	p, err := newPacker(w)
	if err != nil {
		return nil, err
	}
	saving := &saving{ctx: ctx, p: p, since: o.Since, progress: o.Progress}
	for _, s := range g.sources {
		saving.total += s.size
	}
	for _, s := range g.sources {
		f, err := saving.save(s)
		if err != nil {
			p.discard()
			return nil, fmt.Errorf("save %s: %w", s.name, err)
		}
		m.Files = append(m.Files, f)
	}
	m.Earlier = earlierOf(m, o.Since)
	return m, p.end(m)
}

// earlierOf lists the backups that a manifest refers to.
func earlierOf(m, since *Manifest) (all []Earlier) {
	if since == nil {
		return nil
	}
	used := map[string]bool{}
	for _, f := range m.Files {
		for _, part := range f.Parts {
			used[part.Backup] = true
		}
	}
	for _, e := range append([]Earlier{{ID: since.ID, Created: since.Created}}, since.Earlier...) {
		if used[e.ID] {
			all = append(all, e)
		}
	}
	return all
}

// saving is a backup being written.
type saving struct {
	ctx         context.Context //nolint:containedctx // lives for one call of Write, whose context it is
	p           *packer
	since       *Manifest
	progress    func(done, total int64)
	done, total int64
}

// save writes a file, or what the earlier backup does not have of it.
func (s *saving) save(src source) (File, error) {
	f := File{Name: src.name, Size: src.size, Modified: src.modified.UTC()}
	r := src.open()
	whole := sha256.New()
	known, err := s.known(src, r, whole)
	if err != nil {
		return f, err
	}
	from := int64(0)
	if known != nil {
		from = known.Size
		for _, part := range known.Parts {
			if part.Backup == "" {
				part.Backup = s.since.ID
			}
			f.Parts = append(f.Parts, part)
		}
	} else {
		whole.Reset()
	}
	if _, err := r.Seek(from, io.SeekStart); err != nil {
		return f, err
	}
	if rest := src.size - from; rest > 0 || known == nil {
		entry := src.name
		if from > 0 {
			entry = fmt.Sprintf("%s+%d", src.name, from)
		}
		if err := s.p.begin(entry, rest, src.modified); err != nil {
			return f, err
		}
		part := sha256.New()
		if err := s.copy(io.MultiWriter(s.p.tar, whole, part), r, rest); err != nil {
			return f, err
		}
		f.Parts = append(f.Parts, Part{Entry: entry, Size: rest, SHA256: hexSum(part)})
	}
	f.SHA256 = hexSum(whole)
	return f, nil
}

// known returns what the earlier backup has of a file, when it is the beginning of what it is now. Then its bytes have
// gone into whole.
func (s *saving) known(src source, r io.Reader, whole io.Writer) (*File, error) {
	if s.since == nil || !src.grows {
		return nil, nil
	}
	had := s.since.file(src.name)
	if had == nil || had.Size > src.size {
		return nil, nil
	}
	head, before := sha256.New(), s.done
	if err := s.copy(io.MultiWriter(head, whole), r, had.Size); err != nil {
		return nil, err
	}
	if hexSum(head) != had.SHA256 {
		s.done = before
		return nil, nil // written anew, after what it was written for was restored
	}
	return had, nil
}

// copy copies exactly n bytes, and ends with ctx.
func (s *saving) copy(w io.Writer, r io.Reader, n int64) error {
	const atOnce = 1 << 20
	for n > 0 {
		if err := s.ctx.Err(); err != nil {
			return err
		}
		k, err := io.CopyN(w, r, min(n, atOnce))
		n -= k
		s.done += k
		if s.progress != nil {
			s.progress(s.done, s.total)
		}
		if errors.Is(err, io.EOF) {
			return errors.New("it became shorter while it was read: try again")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Save writes a backup to a file, which is there only when it is whole. size is that of the file.
func Save(ctx context.Context, path, dir string, o Options) (m *Manifest, size int64, err error) {
	part := path + temporary
	f, err := os.OpenFile(part, os.O_WRONLY|os.O_CREATE|os.O_TRUNC, 0o600) // it holds the key
	if err != nil {
		return nil, 0, err
	}
	if m, err = Write(ctx, f, dir, o); err == nil {
		err = f.Sync()
	}
	if info, unknown := f.Stat(); unknown == nil {
		size = info.Size()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return nil, 0, errors.Join(err, os.Remove(part))
	}
	if err := os.Rename(part, path); err != nil {
		return nil, 0, err
	}
	return m, size, syncFolder(filepath.Dir(path))
}

const temporary = ".tmp"

func syncFolder(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
