package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func write(t *testing.T, name, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(name), 0o750); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func TestPack(t *testing.T) {
	dir := t.TempDir()
	in := func(name string) string { return filepath.Join(dir, name) }
	write(t, in("app/index.html"), strings.Repeat("<p>page</p>", 100))
	write(t, in("app/assets/tiny.js"), "1")
	write(t, in("app/assets/tiny.js.map"), "{}")
	write(t, in("app/.vite/manifest.json"), "{}")
	write(t, in("reader/swagger-ui-bundle.js"), strings.Repeat("x", 1000))
	write(t, in("reader/swagger-ui.css"), strings.Repeat("x", 1000))
	write(t, in("openapi.json"), "{}")
	write(t, in("out/.gitignore"), "*")
	write(t, in("out/app/assets/old.js"), "of the last build")
	s := sources{app: in("app"), reader: in("reader"), openapi: in("openapi.json")}
	if err := pack(s, in("out")); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]bool{
		"app/index.html.gz": true, "app/index.html": false, "app/assets/tiny.js": true, "app/assets/tiny.js.map": false, "app/.vite/manifest.json": false,
		"app/assets/old.js": false, "docs/swagger-ui-bundle.js.gz": true, "docs/swagger-ui.css.gz": true, "docs/openapi.json": true, ".gitignore": true,
	} {
		if _, err := os.Stat(filepath.Join(dir, "out", name)); (err == nil) != want {
			t.Errorf("%s is there: %v, want %v", name, err == nil, want)
		}
	}
	if err := os.Remove(in("app/index.html")); err != nil {
		t.Fatal(err)
	}
	if err := pack(s, in("out")); err == nil {
		t.Error("an app without a page was packed")
	}
}
