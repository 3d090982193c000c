package web

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/fstest"
)

func packed(t *testing.T, s string) *fstest.MapFile {
	t.Helper()
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(s)); err != nil {
		t.Fatal(err)
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return &fstest.MapFile{Data: b.Bytes()}
}

func testSite(t *testing.T) http.Handler {
	t.Helper()
	return newSite(fstest.MapFS{
		".gitignore":                   {Data: []byte("*")},
		"app/index.html.gz":            packed(t, "<title>page</title>"),
		"app/logo.svg":                 {Data: []byte("<svg/>")},
		"app/assets/main-abc.js.gz":    packed(t, "main()"),
		"app/.vite":                    {Data: []byte("secret")},
		"docs/openapi.json.gz":         packed(t, `{"openapi":"3.0.3"}`),
		"docs/swagger-ui-bundle.js.gz": packed(t, "reader()"),
	}, below(reader, "reader"))
}

func get(t *testing.T, h http.Handler, method, target string, header ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, target, nil)
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

func body(t *testing.T, r *httptest.ResponseRecorder) string {
	t.Helper()
	b := r.Body.Bytes()
	if r.Header().Get("Content-Encoding") == "gzip" {
		z, err := gzip.NewReader(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		if b, err = io.ReadAll(z); err != nil {
			t.Fatal(err)
		}
	}
	return string(b)
}

func TestServes(t *testing.T) {
	const html, js = "text/html; charset=utf-8", "text/javascript; charset=utf-8"
	for _, c := range []struct {
		name, method, target string
		status               int
		kind, cache, body    string
	}{
		{"the start page", "GET", "/", 200, html, cacheRevalidate, "<title>page</title>"},
		{"a page of the app", "GET", "/inputs/17?tab=live", 200, html, cacheRevalidate, "<title>page</title>"},
		{"a hashed asset, for ever", "GET", "/assets/main-abc.js", 200, js, cacheForever, "main()"},
		{"an unpacked file", "GET", "/logo.svg", 200, "image/svg+xml", cacheRevalidate, "<svg/>"},
		{"no page in the place of an asset of an older build", "GET", "/assets/main-old.js", 404, "", "", ""},
		{"no dot file", "GET", "/.vite", 404, "", "", ""},
		{"nothing above the packed files", "GET", "/../.gitignore", 404, "", "", ""},
		{"the document", "GET", "/api/openapi.json", 200, "application/json", cacheRevalidate, `{"openapi":"3.0.3"}`},
		{"the reader", "GET", "/api/docs", 200, html, cacheRevalidate, "reader.js"},
		{"the reader's own script", "GET", "/api/docs/reader.js", 200, js, cacheRevalidate, "/api/openapi.json"},
		{"the reader's library", "GET", "/api/docs/swagger-ui-bundle.js", 200, js, cacheRevalidate, "reader()"},
		{"no page for an unknown route of the API", "GET", "/api/v1/nothing", 404, "", "", ""},
		{"no write", "POST", "/", 405, "", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, encoding := range []string{"", "gzip, deflate, br"} {
				r := get(t, testSite(t), c.method, c.target, "Accept-Encoding", encoding)
				if r.Code != c.status {
					t.Fatalf("%d, want %d", r.Code, c.status)
				}
				if r.Header().Get("Content-Security-Policy") != Policy || r.Header().Get("X-Content-Type-Options") != "nosniff" {
					t.Errorf("headers %v", r.Header())
				}
				if c.status != 200 {
					continue
				}
				if got := r.Header().Get("Content-Type"); got != c.kind {
					t.Errorf("content type %q, want %q", got, c.kind)
				}
				if got := r.Header().Get("Cache-Control"); got != c.cache {
					t.Errorf("cache %q, want %q", got, c.cache)
				}
				if encoding == "" && r.Header().Get("Content-Encoding") != "" {
					t.Errorf("packed for a client that did not ask for it")
				}
				if got := body(t, r); !strings.Contains(got, c.body) {
					t.Errorf("body %q", got)
				}
			}
		})
	}
}

func TestAnUnchangedPageIsNotSentAgain(t *testing.T) {
	h := testSite(t)
	first := get(t, h, "GET", "/", "Accept-Encoding", "gzip")
	tag := first.Header().Get("ETag")
	_ = body(t, first)
	if tag == "" {
		t.Fatal("no ETag")
	}
	again := get(t, h, "GET", "/settings", "Accept-Encoding", "gzip", "If-None-Match", `"other", W/`+tag)
	if again.Code != http.StatusNotModified || body(t, again) != "" {
		t.Errorf("status %d", again.Code)
	}
	if r := get(t, h, "GET", "/", "If-None-Match", `"other"`); r.Code != http.StatusOK {
		t.Errorf("status %d for another ETag", r.Code)
	}
}

func TestHeadHasTheHeadersAndNoBody(t *testing.T) {
	r := get(t, testSite(t), "HEAD", "/", "Accept-Encoding", "gzip")
	if r.Code != 200 || r.Header().Get("Content-Length") == "" {
		t.Errorf("%d %v", r.Code, r.Header())
	}
	if r.Body.Len() != 0 {
		t.Errorf("%d bytes", r.Body.Len())
	}
}

func TestWithoutThePagesItSaysHowToBuildThem(t *testing.T) {
	h := newSite(fstest.MapFS{".gitignore": {Data: []byte("*")}}, below(reader, "reader"))
	for _, target := range []string{"/", "/inputs", "/api/docs", "/api/openapi.json"} {
		if r := get(t, h, "GET", target); r.Code != 404 || !strings.Contains(body(t, r), "make build") {
			t.Errorf("%s: %d", target, r.Code)
		}
	}
}

func TestTakesGzip(t *testing.T) {
	for accept, want := range map[string]bool{
		"": false, "gzip": true, "br, gzip;q=0.8": true, "gzip;q=0": false, "*": true, "br": false, "gzip; q=0.0": false, "deflate, gzip ;q=1": true,
	} {
		if got := takesGzip(accept); got != want {
			t.Errorf("%q: %v", accept, got)
		}
	}
}

// The program's own reader must hold to the policy it is served with.
func TestTheReaderHasNothingInline(t *testing.T) {
	b := body(t, get(t, testSite(t), "GET", "/api/docs"))
	for _, inline := range []string{"<style", "style=", "onload=", "<script>", "http://", "https://"} {
		if strings.Contains(b, inline) {
			t.Errorf("the reader holds %q", inline)
		}
	}
}
