package app

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hypha/internal/backup"
	"hypha/internal/config"
)

func TestBackupsOverTheAPI(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "backups")
	i := launch(t, func(c *config.Config) { c.Backup.To = dir })
	var system struct {
		LastBackup struct {
			At, File, Error string
			Running         bool
		} `json:"last_backup"`
	}
	ask := func(into any, method, path, role string, want int) {
		t.Helper()
		got := i.send(method, path, role, "")
		if got.status != want {
			t.Fatalf("%s %s as %s: %d %s", method, path, role, got.status, got.body)
		}
		if into != nil {
			if err := json.Unmarshal([]byte(got.body), into); err != nil {
				t.Fatal(err)
			}
		}
	}
	ask(nil, http.MethodPost, "/backups", "operator", http.StatusForbidden)
	ask(nil, http.MethodGet, "/backups", "viewer", http.StatusForbidden)
	ask(nil, http.MethodPost, "/backups", "admin", http.StatusAccepted)
	i.log.await(t, `msg="(backup made)"`)
	for strings.Contains(i.send(http.MethodGet, "/system", "viewer", "").body, `"running":true`) { // old ones are looked for
	}
	var list struct {
		Items []struct {
			File string
			Full bool
		}
		Total int
	}
	ask(&list, http.MethodGet, "/backups", "admin", http.StatusOK)
	if list.Total != 1 || !list.Items[0].Full {
		t.Fatalf("%+v", list)
	}
	ask(&system, http.MethodGet, "/system", "viewer", http.StatusOK)
	if system.LastBackup.File != list.Items[0].File || system.LastBackup.At == "" {
		t.Errorf("%+v", system)
	}
	if _, err := backup.Restore(t.Context(), filepath.Join(dir, list.Items[0].File), filepath.Join(t.TempDir(), "data"), nil); err != nil {
		t.Error(err)
	}
	// Out of reach: a file lies in the place of the folder.
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(dir, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	ask(nil, http.MethodGet, "/backups", "admin", http.StatusServiceUnavailable)
	ask(nil, http.MethodPost, "/backups", "admin", http.StatusAccepted)
	i.log.await(t, `msg="(the backup failed)`)
	ask(&system, http.MethodGet, "/system", "viewer", http.StatusOK)
	if !strings.Contains(system.LastBackup.Error, "not a directory") || system.LastBackup.File == "" {
		t.Errorf("%+v", system)
	}
	if events := i.send(http.MethodGet, "/events?source=backup", "viewer", ""); !strings.Contains(events.body, `"alert"`) || !strings.Contains(events.body, "Saved to ") {
		t.Errorf("%s", events.body)
	}
}

func TestWithoutAPlaceThereAreNoBackups(t *testing.T) {
	i := launch(t)
	for _, method := range []string{http.MethodGet, http.MethodPost} {
		if got := i.send(method, "/backups", "admin", ""); got.status != http.StatusConflict || !strings.Contains(got.body, "backup.to") {
			t.Errorf("%s: %d %s", method, got.status, got.body)
		}
	}
	if got := i.send(http.MethodGet, "/system", "viewer", ""); !strings.Contains(got.body, `"last_backup":null`) {
		t.Errorf("%s", got.body)
	}
}
