package sqlite

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func open(t *testing.T, path string) *DB {
	t.Helper()
	d, err := Open(t.Context(), path, Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := d.Close(); err != nil {
			t.Error(err)
		}
	})
	return d
}

func steps(sql ...string) fs.FS {
	dir := fstest.MapFS{}
	for i, text := range sql {
		dir[fmt.Sprintf("%04d_step.sql", i+1)] = &fstest.MapFile{Data: []byte(text)}
	}
	return dir
}

const id = 42

func TestPragmasHoldOnEveryConnection(t *testing.T) {
	d := open(t, filepath.Join(t.TempDir(), "odd name #?%.db"))
	for name, want := range map[string]string{
		"journal_mode": "wal", "foreign_keys": "1", "synchronous": "2", "busy_timeout": "10000",
	} {
		for range 5 {
			var got string
			if err := d.Read.Raw("PRAGMA " + name).Scan(&got).Error; err != nil || got != want {
				t.Errorf("%s: %s, %v; want %s", name, got, err, want)
			}
		}
	}
	if err := d.Read.Exec("CREATE TABLE t (a)").Error; err == nil {
		t.Error("the read handle writes")
	}
	info, err := os.Stat(d.Path())
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v, %v; want mode 0600", info.Mode(), err)
	}
}

func TestMigrateRunsForwardAndKeepsCopies(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	sql := []string{"CREATE TABLE t (a INTEGER PRIMARY KEY); INSERT INTO t VALUES (1);"}
	for v := 1; v <= 6; v++ {
		d := open(t, path)
		from, to, err := d.Migrate(t.Context(), Schema{ApplicationID: id, Migrations: steps(sql...), KeepBackups: 3})
		if err != nil || from != v-1 || to != v {
			t.Fatalf("from %d to %d, %v; want %d to %d", from, to, err, v-1, v)
		}
		if from, to, err = d.Migrate(t.Context(), Schema{ApplicationID: id, Migrations: steps(sql...)}); err != nil || from != to {
			t.Fatalf("again: from %d to %d, %v", from, to, err)
		}
		sql = append(sql, fmt.Sprintf("INSERT INTO t VALUES (%d)", v+1))
	}
	copies, err := filepath.Glob(path + ".before-v*")
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{path + ".before-v4", path + ".before-v5", path + ".before-v6"}; !slices.Equal(copies, want) {
		t.Fatalf("copies %q, want %q", copies, want)
	}
	var n int
	if err := open(t, copies[2]).Read.Raw("SELECT count(*) FROM t").Scan(&n).Error; err != nil || n != 5 {
		t.Errorf("copy before version 6 holds %d rows, %v; want 5", n, err)
	}
	if info, err := os.Stat(copies[2]); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("copy: %v, %v; want mode 0600", info.Mode(), err)
	}
}

func TestFailedMigrationLeavesTheFileAsItWas(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	good := "CREATE TABLE p (a INTEGER PRIMARY KEY); CREATE TABLE c (a REFERENCES p (a)); INSERT INTO p VALUES (1); INSERT INTO c VALUES (1)"
	d := open(t, path)
	if _, _, err := d.Migrate(t.Context(), Schema{ApplicationID: id, Migrations: steps(good)}); err != nil {
		t.Fatal(err)
	}
	for name, bad := range map[string]string{
		"wrong SQL": "CREATE TABLE x (a); CREATE TABEL", "dangling reference": "DELETE FROM p; CREATE TABLE x (a)",
	} {
		_, _, err := d.Migrate(t.Context(), Schema{ApplicationID: id, Migrations: steps(good, bad)})
		if err == nil {
			t.Fatalf("%s: migrated", name)
		}
		var rows, tables, version int
		d.Read.Raw("SELECT count(*) FROM p").Scan(&rows)
		d.Read.Raw("SELECT count(*) FROM sqlite_schema WHERE name = 'x'").Scan(&tables)
		d.Read.Raw("PRAGMA user_version").Scan(&version)
		if rows != 1 || tables != 0 || version != 1 {
			t.Errorf("%s: %d rows, %d new tables, version %d; want 1, 0, 1", name, rows, tables, version)
		}
	}
	if err := d.Write.Exec("INSERT INTO c VALUES (9)").Error; !errors.Is(Translate(err, "x"), ErrReference) {
		t.Errorf("foreign keys are off after a migration: %v", err)
	}
}

func TestMigrateRefusesWhatItDoesNotKnow(t *testing.T) {
	schema := Schema{ApplicationID: id, Migrations: steps("CREATE TABLE t (a)")}
	for name, c := range map[string]struct {
		prepare string
		want    error
	}{
		"newer":   {"PRAGMA user_version = 7; PRAGMA application_id = 42", ErrNewer},
		"foreign": {"PRAGMA user_version = 1; PRAGMA application_id = 43", ErrForeign},
	} {
		d := open(t, filepath.Join(t.TempDir(), "x.db"))
		if err := d.Write.Exec(c.prepare).Error; err != nil {
			t.Fatal(err)
		}
		if _, _, err := d.Migrate(t.Context(), schema); !errors.Is(err, c.want) || !strings.Contains(err.Error(), d.Path()) {
			t.Errorf("%s: %v, want %v with the path", name, err, c.want)
		}
	}
	path := filepath.Join(t.TempDir(), "x.db")
	if err := os.WriteFile(path, []byte(strings.Repeat("no database ", 1000)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := Open(t.Context(), path, Options{}); !errors.Is(err, ErrCorrupt) {
		t.Errorf("text file: %v, want %v", err, ErrCorrupt)
	}
	if _, err := load(fstest.MapFS{"0002_x.sql": {}}); err == nil {
		t.Error("a gap in the numbers passed")
	}
}

func TestErrorsAreTranslated(t *testing.T) {
	d := open(t, filepath.Join(t.TempDir(), "x.db"))
	setup := "CREATE TABLE t (a INTEGER PRIMARY KEY, b UNIQUE, c, UNIQUE (c, a)); INSERT INTO t VALUES (1, 2, 3)"
	if err := d.Write.Exec(setup).Error; err != nil {
		t.Fatal(err)
	}
	for sql, column := range map[string]string{
		"INSERT INTO t VALUES (1, 5, 6)": "a", "INSERT INTO t VALUES (4, 2, 6)": "b",
	} {
		err := Translate(d.Write.Exec(sql).Error, "store %d", 1)
		var conflict *ConflictError
		if !errors.Is(err, ErrConflict) || !errors.As(err, &conflict) || conflict.Table != "t" || conflict.Column != column {
			t.Errorf("%s: %v, want a conflict of t.%s", sql, err, column)
		}
	}
	if err := d.Write.Exec("PRAGMA max_page_count = 3").Error; err != nil {
		t.Fatal(err)
	}
	if err := Translate(d.Write.Exec("CREATE TABLE u (a); INSERT INTO u VALUES (zeroblob(100000))").Error, "x"); !errors.Is(err, ErrFull) {
		t.Errorf("full disk: %v, want %v", err, ErrFull)
	}
	if err := Translate(nil, "x"); err != nil {
		t.Errorf("nil became %v", err)
	}
}

func TestSecondProcessWaitsThenGivesUp(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	d := open(t, path)
	if err := d.Write.Exec("CREATE TABLE t (a)").Error; err != nil {
		t.Fatal(err)
	}
	other, err := Open(t.Context(), path, Options{BusyTimeout: 20 * time.Millisecond})
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close() // checked by goleak
	tx := d.Write.Begin()
	if err := Translate(other.Write.Exec("INSERT INTO t VALUES (1)").Error, "x"); !errors.Is(err, ErrBusy) {
		t.Errorf("while another writes: %v, want %v", err, ErrBusy)
	}
	tx.Rollback()
	if err := other.Write.Exec("INSERT INTO t VALUES (1)").Error; err != nil {
		t.Errorf("afterwards: %v", err)
	}
}
