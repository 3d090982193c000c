package dashboard

import (
	"errors"
	"log/slog"
	"slices"
	"testing"

	"hypha/internal/option"
	"hypha/internal/settings"
)

func TestOriginOf(t *testing.T) {
	for text, want := range map[string]string{
		"https://Grafana.Example:3000/":     "https://grafana.example:3000",
		" http://10.0.0.5 ":                 "http://10.0.0.5",
		"http://[fd00::1]:8080":             "http://[fd00::1]:8080",
		"grafana.example":                   "",
		"https://*":                         "",
		"https://*.example.org":             "",
		"https://a.example; script-src *":   "",
		"https://a.example/d/1":             "",
		"https://a.example?x=1":             "",
		"https://a.example?":                "",
		"https://maya:secret@a.example":     "",
		"javascript:alert(1)":               "",
		"https://":                          "",
		"https://a.example,https://evil.io": "",
		"":                                  "",
	} {
		if got, ok := originOf(text); got != want || ok != (want != "") {
			t.Errorf("%q: %q, %v; want %q", text, got, ok, want)
		}
	}
}

func TestFramesAreKeptAndTold(t *testing.T) {
	store, err := settings.Open(t.Context(), t.TempDir(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	var told []string
	f := NewFrames(store, func(_, _, by, _ string) { told = append(told, by) })
	if _, err := f.Set(t.Context(), []string{"https://a.example", "https://A.example/", "http://b"}, "user:maya"); err != nil {
		t.Fatal(err)
	}
	var bad option.Errors
	if _, err := f.Set(t.Context(), []string{"http://b", "nowhere"}, "user:maya"); !errors.As(err, &bad) {
		t.Fatalf("took what is no server: %v", err)
	}
	again := NewFrames(store, nil)
	if err := again.Load(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := []string{"https://a.example", "http://b"}
	if !slices.Equal(f.Hosts(), want) || !slices.Equal(again.Hosts(), want) || len(told) != 1 {
		t.Errorf("%v, after a restart %v, told %v", f.Hosts(), again.Hosts(), told)
	}
}
