package backup

import (
	"archive/tar"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"hypha/internal/settings"
)

func TestAFlippedBitAnywhereIsFound(t *testing.T) {
	s := newSite(t)
	path := s.save("one.tar.zst", "")
	whole, err := os.ReadFile(path)
	s.try(err)
	into := filepath.Join(t.TempDir(), "data")
	bad := filepath.Join(t.TempDir(), "bad.tar.zst")
	free := 0
	for at := 0; at < len(whole); at += max(1, len(whole)/150) {
		b := bytes.Clone(whole)
		b[at] ^= 0x10
		s.try(os.WriteFile(bad, b, 0o600))
		_, err := Restore(t.Context(), bad, into, nil)
		if err == nil { // zstd has bits that mean nothing: what they are changes no byte of what is unpacked
			s.same(into, s.n)
			s.try(os.RemoveAll(into))
			free++
			continue
		}
		if !strings.Contains(err.Error(), bad) || !errors.Is(err, ErrDamaged) && !errors.Is(err, ErrNoBackup) {
			t.Errorf("byte %d of %d: %v", at, len(whole), err)
		}
	}
	if free > 5 {
		t.Errorf("%d flipped bits changed nothing", free)
	}
	for _, size := range []int{0, 1, 40, footerSize, len(whole) / 2, len(whole) - 1} {
		s.try(os.WriteFile(bad, whole[:size], 0o600))
		if _, err := Restore(t.Context(), bad, into, nil); !errors.Is(err, ErrNoBackup) {
			t.Errorf("cut off after %d bytes: %v", size, err)
		}
	}
	if left := names(t, into); !slices.Equal(left, []string{settings.LockFile}) {
		t.Errorf("the folder has %v", left)
	}
}

// forge writes a backup that no Hypha would write.
func forge(t *testing.T, entries map[string]string, change func(*Manifest)) string {
	t.Helper()
	var out bytes.Buffer
	p, err := newPacker(&out)
	if err != nil {
		t.Fatal(err)
	}
	m := &Manifest{Format: format, ID: strings.Repeat("ab", idBytes), Created: time.Now()}
	for name, text := range entries {
		sum := sha256.Sum256([]byte(text))
		hash := hex.EncodeToString(sum[:])
		if err := p.begin(name, int64(len(text)), time.Now()); err != nil {
			t.Fatal(err)
		}
		if _, err := p.tar.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
		m.Files = append(m.Files, File{Name: name, Size: int64(len(text)), SHA256: hash, Parts: []Part{{Entry: name, Size: int64(len(text)), SHA256: hash}}})
	}
	change(m)
	if err := p.end(m); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "forged.tar.zst")
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestWhatNoHyphaWouldWriteIsRefused(t *testing.T) {
	const db = settings.File
	huge := func(m *Manifest) { m.Files[0].Size, m.Files[0].Parts[0].Size = 1<<62, 1<<62 }
	for name, c := range map[string]struct {
		entries map[string]string
		change  func(*Manifest)
		want    error
		says    string
	}{
		"leads out":       {map[string]string{db: "", "../evil": "x"}, func(*Manifest) {}, ErrDamaged, "../evil"},
		"leads out below": {map[string]string{db: "", "history/../../evil": "x"}, func(*Manifest) {}, ErrDamaged, "evil"},
		"absolute":        {map[string]string{db: "", "/etc/evil": "x"}, func(*Manifest) {}, ErrDamaged, "evil"},
		"another file":    {map[string]string{db: "", ".ssh": "x"}, func(*Manifest) {}, ErrDamaged, ".ssh"},
		"not in manifest": {map[string]string{db: "", "../evil": "x"}, func(m *Manifest) {
			m.Files = slices.DeleteFunc(m.Files, func(f File) bool { return f.Name != db })
		}, ErrDamaged, "not in its manifest"},
		"no settings": {map[string]string{"secret.key": ""}, func(*Manifest) {}, ErrDamaged, db},
		"no database": {map[string]string{db: "no database at all"}, func(*Manifest) {}, settings.ErrCorrupt, db},
		"huge":        {map[string]string{db: "x"}, huge, nil, "make room"},
		"beyond int64": {map[string]string{db: "x", "secret.key": "y"}, func(m *Manifest) {
			for i := range m.Files {
				m.Files[i].Size, m.Files[i].Parts[0].Size = 1<<62+1<<61, 1<<62+1<<61
			}
		}, ErrDamaged, ""},
		"larger than told": {map[string]string{db: "xyz"}, func(m *Manifest) { m.Files[0].Size, m.Files[0].Parts[0].Size = 1, 1 }, ErrDamaged, "size"},
		"twice":            {map[string]string{db: "x"}, func(m *Manifest) { m.Files = append(m.Files, m.Files[0]) }, ErrDamaged, ""},
		"missing entry":    {map[string]string{db: "x"}, func(m *Manifest) { m.Files[0].Parts[0].Entry = "y" }, ErrDamaged, ""},
		"newer":            {map[string]string{db: "x"}, func(m *Manifest) { m.Format, m.Program = 2, "9.0" }, ErrNewer, "9.0"},
	} {
		t.Run(name, func(t *testing.T) {
			path, dir := forge(t, c.entries, c.change), filepath.Join(t.TempDir(), "data")
			_, err := Restore(t.Context(), path, dir, nil)
			if err == nil || c.want != nil && !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) {
				t.Errorf("%v", err)
			}
			if left := names(t, dir); !slices.Equal(left, []string{settings.LockFile}) {
				t.Errorf("the folder has %v", left)
			}
			if _, err := os.Stat(filepath.Join(filepath.Dir(dir), "evil")); err == nil {
				t.Error("it was written outside of the folder")
			}
		})
	}
}

func TestALinkInATarIsRefused(t *testing.T) {
	var out bytes.Buffer
	p, err := newPacker(&out)
	if err != nil {
		t.Fatal(err)
	}
	if err := p.tar.WriteHeader(&tar.Header{Typeflag: tar.TypeSymlink, Name: settings.File, Linkname: "/etc/passwd"}); err != nil {
		t.Fatal(err)
	}
	sum := strings.Repeat("00", 32)
	err = p.end(&Manifest{Format: 1, ID: strings.Repeat("ab", idBytes), Files: []File{{Name: settings.File, SHA256: sum, Parts: []Part{{Entry: settings.File, SHA256: sum}}}}})
	if err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "link")
	if err := os.WriteFile(path, out.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Restore(t.Context(), path, t.TempDir(), nil); !errors.Is(err, ErrDamaged) {
		t.Error(err)
	}
}
