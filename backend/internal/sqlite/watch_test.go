package sqlite

import (
	"path/filepath"
	"testing"
)

func TestAWatchSeesEachCommit(t *testing.T) {
	d := open(t, filepath.Join(t.TempDir(), "a.db"))
	if err := d.Write.Exec("CREATE TABLE a (n)").Error; err != nil {
		t.Fatal(err)
	}
	w, err := d.Watch(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	}()
	version := func() int64 {
		t.Helper()
		n, err := w.Version(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return n
	}
	before := version()
	for range 3 {
		if again := version(); again != before {
			t.Fatalf("version %d without a commit, was %d", again, before)
		}
		if err := d.Write.Exec("INSERT INTO a VALUES (1)").Error; err != nil {
			t.Fatal(err)
		}
		after := version()
		if after == before {
			t.Fatal("a commit was not seen")
		}
		before = after
	}
}
