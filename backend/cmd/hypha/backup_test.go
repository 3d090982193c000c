package main

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestBackupAndRestoreOfARunningServer saves twice while a server stores, and restores both in another folder and in the
// one of a server that was killed.
func TestBackupAndRestoreOfARunningServer(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	token := account(t, dir)
	s := serve(t, dir, token)
	var input struct{ Channels []struct{ ID int } }
	s.must(http.MethodPost, "/inputs", `{"name":"pushed","kind":"push","options":{"channels":[{"name":"t","quantity":"temperature","unit":"C"}]}}`, &input)
	s.must(http.MethodPost, "/inputs", `{"name":"with a secret","kind":"mqtt_subscribe","enabled":false,"options":{"broker":"mqtt://127.0.0.1:1","username":"u","password":"hidden","channels":[{"name":"t","topic":"t","quantity":"temperature","unit":"C"}]}}`, nil)
	channel, n := input.Channels[0].ID, 0
	push := func(count int) {
		t.Helper()
		var rs []string
		for range count {
			n++
			rs = append(rs, fmt.Sprintf(`{"channel":%d,"t":%d,"v":%d}`, channel, 1_780_000_000_000+int64(n)*1000, n))
		}
		s.must(http.MethodPost, "/readings", `{"readings":[`+strings.Join(rs, ",")+`]}`, nil)
	}
	save := func(args ...string) string {
		t.Helper()
		got := hypha(t, "", append([]string{"backup", "--data", dir}, args...)...)
		if got.code != 0 || !strings.Contains(got.out+got.errors, "saved ") {
			t.Fatalf("backup %q: %+v", args, got)
		}
		return got.out
	}
	backups := t.TempDir()
	one, two := filepath.Join(backups, "one"), filepath.Join(backups, "two")
	push(300)
	save(one)
	if err := os.WriteFile(filepath.Join(t.TempDir(), "three"), []byte(save("-")), 0o600); err != nil {
		t.Fatal(err)
	}
	push(300)
	save(two, "--since", one)
	if got := hypha(t, "", "restore", "--data", dir, two); got.code != exitLocked || !strings.Contains(got.errors, "in use") {
		t.Errorf("while it runs: %+v", got)
	}
	push(10)
	s.kill()

	restore := func(dir, file string, want int) {
		t.Helper()
		if got := hypha(t, "", "restore", "--data", dir, file); got.code != 0 || !strings.Contains(got.out, "restored ") {
			t.Fatalf("restore %s: %+v", file, got)
		}
		s = serve(t, dir, token)
		if got := s.readings(channel); len(got) != want {
			t.Errorf("%s: %d readings, want %d", file, len(got), want)
		}
		var inputs struct{ Total int }
		if s.must(http.MethodGet, "/inputs", "", &inputs); inputs.Total != 2 {
			t.Errorf("%s: %d inputs", file, inputs.Total)
		}
		s.stop()
	}
	restore(filepath.Join(t.TempDir(), "new"), two, 600)
	restore(dir, one, 300)
	kept, err := filepath.Glob(filepath.Join(dir, "replaced-*"))
	if err != nil || len(kept) != 1 {
		t.Fatalf("kept: %v, %v", kept, err)
	}
	s = serve(t, kept[0], token) // what was replaced is whole
	if got := s.readings(channel); len(got) != 610 {
		t.Errorf("what was replaced has %d readings", len(got))
	}
	s.stop()
}

func TestBackupSaysWhatIsWrong(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	account(t, dir)
	file := filepath.Join(t.TempDir(), "file")
	if got := hypha(t, "", "backup", "--data", dir, file); got.code != 0 {
		t.Fatalf("%+v", got)
	}
	whole, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	bad := file + ".bad"
	whole[len(whole)/3] ^= 1
	if err := os.WriteFile(bad, whole, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		args string
		code int
		says string
	}{
		{"backup " + file, exitUsage, "--data"},
		{"backup --data " + dir, exitUsage, "<file>"},
		{"backup --data " + t.TempDir() + " " + file + "2", exitFailed, "there is no Hypha in"},
		{"backup --data " + dir + " " + dir, exitUsage, "is no file"},
		{"backup --data " + dir + " " + file + " --since " + file, exitUsage, "--since"},
		{"backup --data " + dir + " " + file + "2 --since " + bad + "no", exitFailed, "--since"},
		{"backup --data " + dir + " /nowhere/at/all", exitFailed, "/nowhere/at/all"},
		{"restore " + file, exitUsage, "--data"},
		{"restore --data " + dir + " " + file + "no", exitFailed, "there is no backup"},
		{"restore --data " + dir + " " + bad, exitFailed, bad + " is damaged"},
		{"restore --data " + dir + " " + dir + "/hypha.lock", exitFailed, "is no backup"},
		{"restore --data " + dir + " " + file + " --from " + bad + "no", exitFailed, bad + "no"},
	} {
		got := hypha(t, "", strings.Fields(c.args)...)
		if got.code != c.code || !strings.Contains(got.errors, c.says) || strings.Contains(got.errors, "panic") {
			t.Errorf("hypha %s: exit code %d, %s, want %d and %q", c.args, got.code, got.errors, c.code, c.says)
		}
	}
}
