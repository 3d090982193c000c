package sqlite

import (
	"os"
	"path/filepath"
	"testing"
)

// TestADamagedLogIsNoticed flips a bit everywhere in a log that a kill has left.
func TestADamagedLogIsNoticed(t *testing.T) {
	ctx := t.Context()
	path := filepath.Join(t.TempDir(), "a.db")
	db, err := Open(ctx, path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	must := func(statement string) {
		t.Helper()
		if err := db.Write.Exec(statement).Error; err != nil {
			t.Fatal(err)
		}
	}
	must("CREATE TABLE a (x TEXT)")
	for range 5 {
		must("INSERT INTO a VALUES ('x')")
	}
	must("PRAGMA wal_checkpoint(RESTART)")
	must("INSERT INTO a VALUES ('y')") // begins the log anew over the old one
	must("INSERT INTO a VALUES ('z')")
	whole, err := os.ReadFile(path + "-wal")
	if err != nil {
		t.Fatal(err)
	}
	copied := filepath.Join(t.TempDir(), "b.db")
	put := func(b []byte) *LogDamage {
		t.Helper()
		if err := os.WriteFile(copied+"-wal", b, 0o600); err != nil {
			t.Fatal(err)
		}
		d, err := CheckLog(copied)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	if d := put(whole); d != nil {
		t.Fatalf("an undamaged log: %+v", d)
	}
	if d := put(whole[:logHeader]); d != nil {
		t.Fatalf("an empty log: %+v", d)
	}
	const frame = logFrame + 4096
	for at := range logHeader + 2*frame {
		if at > 100 && at%37 != 0 {
			continue // a page is a page
		}
		b := append([]byte{}, whole...)
		b[at] ^= 1 << (at % 8)
		d := put(b)
		last := at >= logHeader+frame
		switch {
		case last && at >= logHeader+frame+8 && at < logHeader+frame+16: // its salts: it looks like the rest of an earlier log
		case d == nil:
			t.Fatalf("byte %d: nobody notices", at)
		case d.At > int64(at) || d.Tail != last || (d.Copy == "") != last:
			t.Errorf("byte %d: %+v", at, d)
		}
	}
	if got, err := os.ReadFile(copied + "-wal.damaged"); err != nil || len(got) != len(whole) {
		t.Errorf("the copy has %d bytes, %v", len(got), err)
	}
	if d, err := CheckLog(filepath.Join(t.TempDir(), "none.db")); d != nil || err != nil {
		t.Errorf("no log: %+v, %v", d, err)
	}
}
