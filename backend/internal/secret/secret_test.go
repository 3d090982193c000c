package secret

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

func TestSealedOptionsOpenAgain(t *testing.T) {
	box := NewBox(t.TempDir())
	paths := []string{"password", "channels[].token", "auth.key", "headers", "empty", "missing", "none"}
	plain := `{"auth":{"key":"k"},"big":12345678901234567890,"channels":[{"name":"a","token":"ta"},{"name":"b"}],` +
		`"empty":"","headers":{"Authorization":"Bearer x","X":"y"},"none":null,"password":"hunter2","rate":0.10}`
	sealed, err := box.SealOptions(json.RawMessage(plain), paths)
	if err != nil {
		t.Fatal(err)
	}
	for _, secret := range []string{"hunter2", `"ta"`, `"k"`, "Bearer"} {
		if strings.Contains(string(sealed), secret) {
			t.Errorf("%s is readable in %s", secret, sealed)
		}
	}
	again, err := box.SealOptions(sealed, paths)
	if err != nil || string(again) != string(sealed) {
		t.Errorf("sealing twice: %v, %s", err, again)
	}
	opened, err := box.OpenOptions(sealed, paths)
	if err != nil || string(opened) != plain {
		t.Errorf("opened %s, %v; want %s", opened, err, plain)
	}
	redacted, set, err := RedactOptions(sealed, paths)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(string(redacted), sealedKey) {
		t.Errorf("redacted options hold sealed values: %s", redacted)
	}
	if want := []string{"auth.key", "channels[0].token", "headers", "password"}; !slices.Equal(set, want) {
		t.Errorf("set %q, want %q", set, want)
	}
}

func TestOptionsOfOtherShapesPass(t *testing.T) {
	box := NewBox(t.TempDir())
	for _, raw := range []string{``, `null`, `{}`, `[]`, `"text"`, `{"channels":{"token":1}}`, `{"channels":[1,null,[]]}`} {
		got, err := box.SealOptions(json.RawMessage(raw), []string{"channels[].token"})
		if err != nil || string(got) != raw {
			t.Errorf("%s: %s, %v", raw, got, err)
		}
	}
	if _, err := box.SealOptions(json.RawMessage(`{"password":5}`), []string{"password"}); err == nil {
		t.Error("a number was sealed as a password")
	}
	if _, err := box.SealOptions(json.RawMessage(`{"password":"x"} {}`), []string{"password"}); err == nil {
		t.Error("two values were taken for one")
	}
}

func TestWhatCannotBeOpenedSaysWhy(t *testing.T) {
	dir := t.TempDir()
	sealed, err := NewBox(dir).Seal("hunter2")
	if err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(filepath.Join(dir, KeyFile))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Fatalf("key file: %v, %v; want mode 0600", info.Mode(), err)
	}
	other := t.TempDir()
	if _, err := NewBox(other).Seal("x"); err != nil {
		t.Fatal(err)
	}
	empty := t.TempDir()
	spoilt := t.TempDir()
	if err := os.WriteFile(filepath.Join(spoilt, KeyFile), []byte("abc"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name, dir, text string
		want            error
	}{
		{"missing key", empty, sealed, ErrNoKey},
		{"other key", other, sealed, ErrWrongKey},
		{"flipped bit", dir, sealed[:len(sealed)-6] + flip(sealed[len(sealed)-6:]), ErrDamaged},
		{"cut", dir, sealed[:12], ErrDamaged},
		{"no base64", dir, "*", ErrDamaged},
	} {
		if got, err := NewBox(c.dir).Open(c.text); !errors.Is(err, c.want) || got != "" {
			t.Errorf("%s: %q, %v; want %v", c.name, got, err, c.want)
		}
	}
	if _, err := NewBox(spoilt).Open(sealed); err == nil || !strings.Contains(err.Error(), KeyFile) {
		t.Errorf("spoilt key file: %v", err)
	}
	if _, err := os.Stat(filepath.Join(empty, KeyFile)); err == nil {
		t.Error("opening made a new key")
	}
	if got, err := NewBox(dir).Open(sealed); err != nil || got != "hunter2" {
		t.Errorf("a second box: %q, %v", got, err)
	}
}

func TestReadableKeyIsTakenFromOthers(t *testing.T) {
	dir := t.TempDir()
	sealed, err := NewBox(dir).Seal("x")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(dir, KeyFile), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := NewBox(dir).Open(sealed); err != nil {
		t.Fatal(err)
	}
	if info, err := os.Stat(filepath.Join(dir, KeyFile)); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("key file: %v, %v; want mode 0600", info.Mode(), err)
	}
}

func TestTwoBoxesThatStartTogetherShareOneKey(t *testing.T) {
	dir := t.TempDir()
	const n = 8
	sealed := make(chan string, n)
	for range n {
		go func() {
			s, err := NewBox(dir).Seal("x")
			if err != nil {
				t.Error(err)
			}
			sealed <- s
		}()
	}
	for range n {
		if got, err := NewBox(dir).Open(<-sealed); err != nil || got != "x" {
			t.Errorf("%q, %v", got, err)
		}
	}
}

func TestKeepSecrets(t *testing.T) {
	paths := []string{"password", "channels[].token", "auth.key", "headers"}
	for _, c := range []struct{ name, old, changed, want string }{
		{"left out", `{"broker":"a","password":"p"}`, `{"broker":"b"}`, `{"broker":"b","password":"p"}`},
		{"replaced", `{"password":"p"}`, `{"password":"q"}`, `{"password":"q"}`},
		{"cleared", `{"password":"p"}`, `{"password":null}`, `{"password":null}`},
		{"nested", `{"auth":{"key":"k","user":"u"}}`, `{"auth":{"user":"v"}}`, `{"auth":{"key":"k","user":"v"}}`},
		{"parent removed", `{"auth":{"key":"k"}}`, `{}`, `{}`},
		{"map", `{"headers":{"A":"b"}}`, `{}`, `{"headers":{"A":"b"}}`},
		{
			"element moved", `{"channels":[{"name":"a","token":"ta"},{"name":"b","token":"tb"}]}`,
			`{"channels":[{"name":"b"},{"name":"c"},{"name":"a"}]}`,
			`{"channels":[{"name":"b","token":"tb"},{"name":"c"},{"name":"a","token":"ta"}]}`,
		},
		{
			"element edited", `{"channels":[{"name":"a","topic":"x","token":"ta"}]}`, `{"channels":[{"name":"a","topic":"y"}]}`,
			`{"channels":[{"name":"a","token":"ta","topic":"y"}]}`,
		},
		{
			"element replaced", `{"channels":[{"topic":"x","token":"tx"}]}`, `{"channels":[{"topic":"y"}]}`,
			`{"channels":[{"topic":"y"}]}`,
		},
		{"other shape", `{"channels":5,"auth":[]}`, `{"channels":[{}],"auth":{}}`, `{"auth":{},"channels":[{}]}`},
		{"nothing before", ``, `{"password":"q"}`, `{"password":"q"}`},
		{"sealed", `{"password":{"$sealed":"x"}}`, `{}`, `{"password":{"$sealed":"x"}}`},
	} {
		got, err := KeepSecrets(json.RawMessage(c.old), json.RawMessage(c.changed), paths)
		if err != nil || string(got) != c.want {
			t.Errorf("%s: %s, %v; want %s", c.name, got, err, c.want)
		}
	}
}

func FuzzOptions(f *testing.F) {
	f.Add([]byte(`{"a":[{"b":"c"}]}`), "a[].b")
	f.Add([]byte(`{"a":[[1],{"$sealed":"x"}]}`), "a[][].b")
	box := NewBox(f.TempDir())
	f.Fuzz(func(t *testing.T, raw []byte, path string) {
		sealed, err := box.SealOptions(raw, []string{path})
		if err != nil {
			return
		}
		if _, _, err := RedactOptions(sealed, []string{path}); err != nil {
			t.Fatal(err)
		}
		if _, err := KeepSecrets(sealed, raw, []string{path}); err != nil {
			t.Fatal(err)
		}
	})
}

func flip(s string) string {
	if s[0] == 'A' {
		return "B" + s[1:]
	}
	return "A" + s[1:]
}
