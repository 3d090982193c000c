package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
)

// Policy is the Content-Security-Policy of every page: nothing inline and nothing from any other host.
const Policy = "default-src 'self'; style-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; frame-ancestors 'none'"

const (
	cacheForever    = "public, max-age=31536000, immutable" // the name holds a hash of the content
	cacheRevalidate = "no-cache"                            // may be kept, asked for again with its ETag
)

// Handler serves the pages below /, the OpenAPI document at /api/openapi.json and its reader at /api/docs. Any other path
// below /api, and /metrics, is not its own and gets 404. It answers GET and HEAD.
func Handler() http.Handler { return newSite(FS(), below(reader, "reader")) }

// site is fixed after newSite.
type site struct {
	packed fs.FS
	reader fs.FS
	etags  map[string]string // of the files whose name says nothing about their content, by name as stored
}

func newSite(packed, reader fs.FS) *site {
	s := &site{packed: packed, reader: reader, etags: map[string]string{}}
	for _, fsys := range []fs.FS{packed, reader} {
		// A file that cannot be read here fails again, and is reported, when it is asked for.
		_ = fs.WalkDir(fsys, ".", func(name string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || hashed(name) {
				return nil //nolint:nilerr // see above
			}
			if b, err := fs.ReadFile(fsys, name); err == nil {
				sum := sha256.Sum256(b)
				s.etags[name] = `"` + hex.EncodeToString(sum[:8]) + `"`
			}
			return nil
		})
	}
	return s
}

func (s *site) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", Policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		h.Set("Allow", "GET, HEAD")
		http.Error(w, "only GET and HEAD are answered here", http.StatusMethodNotAllowed)
		return
	}
	switch p := path.Clean("/" + r.URL.Path); {
	case p == "/api/openapi.json":
		s.send(w, r, s.packed, "docs/openapi.json", s.notBuilt)
	case p == "/api/docs":
		if _, ok := open(s.packed, "docs/swagger-ui-bundle.js"); !ok {
			s.notBuilt(w, r)
			return
		}
		s.send(w, r, s.reader, "index.html", http.NotFound)
	case strings.HasPrefix(p, "/api/docs/"):
		name := strings.TrimPrefix(p, "/api/docs/")
		s.send(w, r, s.reader, name, func(w http.ResponseWriter, r *http.Request) {
			s.send(w, r, s.packed, "docs/"+name, http.NotFound)
		})
	case p == "/api", strings.HasPrefix(p, "/api/"), p == "/metrics":
		http.NotFound(w, r)
	case p == "/":
		s.send(w, r, s.packed, "app/index.html", s.notBuilt)
	default:
		s.send(w, r, s.packed, "app"+p, func(w http.ResponseWriter, r *http.Request) {
			if strings.Contains(path.Base(p), ".") { // a file that is not there, perhaps of an older build; not a page
				http.NotFound(w, r)
				return
			}
			s.send(w, r, s.packed, "app/index.html", s.notBuilt)
		})
	}
}

// send answers with the named file, or leaves the answer to missing when there is none.
func (s *site) send(w http.ResponseWriter, r *http.Request, fsys fs.FS, name string, missing http.HandlerFunc) {
	f, ok := open(fsys, name)
	if !ok {
		missing(w, r)
		return
	}
	h := w.Header()
	h.Set("Content-Type", contentType(name))
	h.Set("Cache-Control", cacheRevalidate)
	if hashed(name) {
		h.Set("Cache-Control", cacheForever)
	}
	tag := s.etags[f.stored]
	if tag != "" {
		h.Set("ETag", tag)
	}
	if f.gzipped() {
		h.Set("Vary", "Accept-Encoding")
	}
	if tag != "" && matches(r.Header.Get("If-None-Match"), tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	if f.gzipped() && !takesGzip(r.Header.Get("Accept-Encoding")) {
		f.sendUnpacked(w, r)
		return
	}
	if f.gzipped() {
		h.Set("Content-Encoding", "gzip")
	}
	h.Set("Content-Length", strconv.Itoa(len(f.content)))
	if r.Method == http.MethodGet {
		_, _ = w.Write(f.content) // the client may have gone: nobody is left to tell
	}
}

// file is one packed file.
type file struct {
	stored  string
	content []byte
}

// open finds name.gz, or name. Dot files are not served.
func open(fsys fs.FS, name string) (file, bool) {
	if strings.HasPrefix(path.Base(name), ".") {
		return file{}, false
	}
	for _, stored := range []string{name + ".gz", name} {
		if b, err := fs.ReadFile(fsys, stored); err == nil { // of embedded files, only missing ones and folders fail
			return file{stored: stored, content: b}, true
		}
	}
	return file{}, false
}

func (f file) gzipped() bool { return strings.HasSuffix(f.stored, ".gz") }

func (f file) sendUnpacked(w http.ResponseWriter, r *http.Request) {
	z, err := gzip.NewReader(bytes.NewReader(f.content))
	if err != nil {
		http.Error(w, "a file of this program cannot be read", http.StatusInternalServerError)
		return
	}
	if r.Method == http.MethodGet {
		_, _ = io.Copy(w, z) //nolint:gosec // our own file, not a stranger's archive
	}
}

// hashed says whether a file's name changes with its content: what the bundler puts into assets/.
func hashed(name string) bool { return strings.HasPrefix(name, "app/assets/") }

// takesGzip reads an Accept-Encoding header.
func takesGzip(accept string) bool {
	for part := range strings.SplitSeq(accept, ",") {
		coding, weight, _ := strings.Cut(strings.TrimSpace(part), ";")
		if coding = strings.TrimSpace(coding); coding != "gzip" && coding != "*" {
			continue
		}
		q, err := strconv.ParseFloat(strings.TrimPrefix(strings.TrimSpace(weight), "q="), 64)
		return err != nil || q > 0 // no weight, or one that nobody can read, is a yes
	}
	return false
}

// matches compares as If-None-Match asks: weakly, any of a list.
func matches(header, tag string) bool {
	for part := range strings.SplitSeq(header, ",") {
		if part = strings.TrimPrefix(strings.TrimSpace(part), "W/"); part == tag || part == "*" {
			return true
		}
	}
	return false
}

// contentType is a table of its own: the machine's differs from one to the next, and nosniff makes a wrong type fatal.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".html":
		return "text/html; charset=utf-8"
	case ".js", ".mjs":
		return "text/javascript; charset=utf-8"
	case ".css":
		return "text/css; charset=utf-8"
	case ".json":
		return "application/json"
	case ".webmanifest":
		return "application/manifest+json"
	case ".svg":
		return "image/svg+xml"
	case ".png":
		return "image/png"
	case ".webp":
		return "image/webp"
	case ".ico":
		return "image/x-icon"
	case ".woff2":
		return "font/woff2"
	case ".wasm":
		return "application/wasm"
	case ".txt":
		return "text/plain; charset=utf-8"
	}
	return "application/octet-stream"
}

func (s *site) notBuilt(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	http.Error(w, "This program was built without its pages and its API document. Build it with: make build\n"+
		"The API itself answers below /api/v1.", http.StatusNotFound)
}
