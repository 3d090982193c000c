package app

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"net"
	"net/http"
	"os"
	"regexp"
	"strings"
	"testing"
	"time"
)

// raw sends text as it is, and nothing more if it is cut, and returns the answer.
func (i *instance) raw(text string, cut bool) answer {
	i.t.Helper()
	ctx, cancel := context.WithTimeout(i.t.Context(), time.Minute)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", strings.TrimPrefix(i.root, "http://"))
	if err != nil {
		i.t.Fatal(err)
	}
	defer func() { _ = conn.Close() }() // only read
	if _, err := io.WriteString(conn, text); err != nil {
		i.t.Fatal(err)
	}
	if c, ok := conn.(*net.TCPConn); ok && cut {
		_ = c.CloseWrite() // the answer is still to come
	}
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		i.t.Fatalf("%.80q: %v", text, err)
	}
	defer func() { _ = resp.Body.Close() }() // only read
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		i.t.Fatal(err)
	}
	return answer{resp.StatusCode, resp.Header, string(body)}
}

func TestWhatIsNoProperRequestIsTheSendersFault(t *testing.T) {
	i := launch(t)
	post := "POST /api/v1/inputs HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer " + i.tokens["admin"] + "\r\n"
	for name, text := range map[string]string{
		"broken chunks":  post + "Transfer-Encoding: chunked\r\n\r\nzz\r\n\r\n",
		"a body cut off": post + "Content-Length: 100\r\n\r\n{\"name\":",
	} {
		got := i.raw(text, name == "a body cut off")
		if got.status != http.StatusBadRequest {
			t.Errorf("%s: %d %s, want 400", name, got.status, got.body)
		}
		got.wantProblem(t, name)
	}
	for name, body := range map[string]string{
		"many lists":    strings.Repeat("[", 200_000),
		"many objects":  strings.Repeat(`{"a":`, 100_000),
		"no text":       "\xff\xfe\x00",
		"packed":        gzipped(t, `{"name":"x","kind":"host_system"}`),
		"another world": "name=x&kind=host_system",
	} {
		got := i.send(http.MethodPost, "/inputs", "admin", body)
		if got.status != http.StatusBadRequest {
			t.Errorf("%s: %d %.200s, want 400", name, got.status, got.body)
		}
		got.wantProblem(t, name)
	}
	packed := i.sendWith(http.MethodPost, "/inputs", gzipped(t, `{"name":"x","kind":"host_system"}`),
		map[string]string{"Authorization": "Bearer " + i.tokens["admin"], "Content-Encoding": "gzip"})
	if packed.status != http.StatusUnsupportedMediaType {
		t.Errorf("packed and saying so: %d %s, want 415", packed.status, packed.body)
	}
	packed.wantProblem(t, "packed")
	for path, size := range map[string]int{"/inputs": 1<<20 + 1, "/readings": 16<<20 + 1, "/auth/login": 1<<20 + 1} {
		got := i.send(http.MethodPost, path, "admin", strings.Repeat(" ", size))
		if got.status != http.StatusRequestEntityTooLarge {
			t.Errorf("%d bytes to %s: %d %.200s, want 413", size, path, got.status, got.body)
		}
		got.wantProblem(t, path)
	}
	if got := i.send(http.MethodPost, "/inputs", "admin", `{"name":"x","kind":"host_system"}`); got.status != http.StatusCreated {
		t.Errorf("after all that: %d %s", got.status, got.body)
	}
}

func gzipped(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestForeignPagesCannotUseACookie(t *testing.T) {
	i := launch(t)
	session, _, _ := strings.Cut(i.send(http.MethodPost, "/auth/login", "", `{"username":"maya","password":"correct horse battery"}`).header.Get("Set-Cookie"), ";")
	for name, c := range map[string]struct {
		header map[string]string
		want   int
	}{
		"a program":         {nil, http.StatusCreated},
		"a page of Hypha":   {map[string]string{"Origin": i.root, "Sec-Fetch-Site": "same-origin"}, http.StatusCreated},
		"another page":      {map[string]string{"Origin": "http://evil.example"}, http.StatusForbidden},
		"another site":      {map[string]string{"Sec-Fetch-Site": "cross-site"}, http.StatusForbidden},
		"a page of a frame": {map[string]string{"Origin": "null"}, http.StatusForbidden},
	} {
		header := map[string]string{"Cookie": session}
		maps.Copy(header, c.header)
		if got := i.sendWith(http.MethodPost, "/zones", `{"name":"x"}`, header); got.status != c.want {
			t.Errorf("%s: %d %s, want %d", name, got.status, got.body, c.want)
		}
	}
}

func TestTooManyWrongPasswordsHaveToWait(t *testing.T) {
	i := launch(t)
	for range 50 {
		got := i.send(http.MethodPost, "/auth/login", "", `{"username":"maya","password":"wrong"}`)
		switch {
		case got.status == http.StatusUnauthorized:
			continue
		case got.status != http.StatusTooManyRequests || got.header.Get("Retry-After") == "":
			t.Errorf("%d %s, want 429 with Retry-After", got.status, got.body)
		}
		got.wantProblem(t, "429")
		return
	}
	t.Error("50 wrong passwords were answered")
}

func TestLargeAnswersArePackedAndKindsAreTagged(t *testing.T) {
	i := launch(t)
	auth := "Bearer " + i.tokens["viewer"]
	first := i.sendWith(http.MethodGet, "/kinds", "", map[string]string{"Authorization": auth, "Accept-Encoding": "gzip"})
	if first.header.Get("Content-Encoding") != "gzip" || len(first.body) > 60_000 {
		t.Errorf("%d bytes, packed as %q", len(first.body), first.header.Get("Content-Encoding"))
	}
	tag := first.header.Get("ETag")
	if again := i.sendWith(http.MethodGet, "/kinds", "", map[string]string{"Authorization": auth, "If-None-Match": tag}); tag == "" || again.status != http.StatusNotModified || again.body != "" {
		t.Errorf("with %q: %d %.100s, want 304", tag, again.status, again.body)
	}
	if head := i.send(http.MethodHead, "/kinds", "viewer", ""); head.status != http.StatusOK || head.body != "" {
		t.Errorf("HEAD: %d %.100s", head.status, head.body)
	}
}

// TestTheDocumentIsTrue asks a stranger's question at every address of the OpenAPI document: each must be there, and want a
// sign-in unless the document says that it does not.
func TestTheDocumentIsTrue(t *testing.T) {
	raw, err := os.ReadFile("../../../api-docs/openapi.json")
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		Paths map[string]map[string]struct {
			Security  *[]any
			Responses map[string]any
		}
	}
	if err := json.Unmarshal(raw, &doc); err != nil {
		t.Fatal(err)
	}
	i := launch(t)
	calls := 0
	for path, methods := range doc.Paths {
		for method, op := range methods {
			calls++
			what := strings.ToUpper(method) + " " + path
			got := i.send(strings.ToUpper(method), regexp.MustCompile(`\{\w+\}`).ReplaceAllString(path, "1"), "", "")
			unknown := what == "POST /hooks/{token}" // as a token that is not known must be
			open := op.Security != nil && len(*op.Security) == 0
			if (got.status == http.StatusUnauthorized) == open || (got.status == http.StatusNotFound) != unknown || got.status == http.StatusMethodNotAllowed {
				t.Errorf("%s of a stranger is %d %.200s", what, got.status, got.body)
			}
			if op.Responses[fmt.Sprint(got.status)] == nil {
				t.Errorf("%s: the document does not know the answer %d", what, got.status)
			}
		}
	}
	if calls < 60 {
		t.Errorf("the document has %d calls", calls)
	}
}

// TestFiguresAreProperPrometheus reads /metrics as a scraper does.
func TestFiguresAreProperPrometheus(t *testing.T) {
	i := launch(t)
	if got := i.send(http.MethodPost, "/inputs", "admin", `{"name":"x","kind":"host_system"}`); got.status != http.StatusCreated {
		t.Fatal(got.body)
	}
	got := i.send(http.MethodGet, "/metrics", "", "")
	if !strings.HasPrefix(got.header.Get("Content-Type"), "text/plain") {
		t.Errorf("the figures are %s", got.header.Get("Content-Type"))
	}
	sample := regexp.MustCompile(`^([a-zA-Z_:][a-zA-Z0-9_:]*)(\{[^}]*\})? (\S+)$`)
	types, seen := map[string]string{}, map[string]bool{}
	for line := range strings.Lines(got.body) {
		line = strings.TrimSuffix(line, "\n")
		if rest, ok := strings.CutPrefix(line, "# TYPE "); ok {
			name, kind, _ := strings.Cut(rest, " ")
			types[name] = kind
			if !strings.Contains(got.body, "# HELP "+name+" ") {
				t.Errorf("%s says nothing of itself", name)
			}
			if (kind == "counter") != strings.HasSuffix(name, "_total") {
				t.Errorf("%s is a %s", name, kind)
			}
			continue
		}
		if strings.HasPrefix(line, "#") {
			continue
		}
		parts := sample.FindStringSubmatch(line)
		if parts == nil || seen[parts[1]+parts[2]] {
			t.Errorf("no sample, or the same twice: %s", line)
			continue
		}
		seen[parts[1]+parts[2]] = true
		base := regexp.MustCompile(`_(bucket|sum|count)$`).ReplaceAllString(parts[1], "")
		if types[parts[1]] == "" && types[base] == "" {
			t.Errorf("%s has no type", parts[1])
		}
	}
	for _, name := range []string{"hypha_controllers", "hypha_history_stored_readings_total", "hypha_beat_lateness_seconds", "hypha_live_clients"} {
		if types[name] == "" {
			t.Errorf("there is no %s", name)
		}
	}
}
