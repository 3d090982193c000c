package backup

import (
	"bufio"
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"
)

// fakeS3 speaks as much of S3 as a backup needs: objects in parts, listing, reading of ranges.
type fakeS3 struct {
	t  *testing.T
	mu sync.Mutex

	objects map[string][]byte // by bucket and key
	parts   map[string]map[int][]byte
	aborted int
}

func (f *fakeS3) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if !strings.Contains(r.Header.Get("Authorization"), "Credential=access/") {
		http.Error(w, "<Error><Code>AccessDenied</Code><Message>Access Denied.</Message></Error>", http.StatusForbidden)
		return
	}
	key, q := strings.TrimPrefix(r.URL.Path, "/"), r.URL.Query()
	id := q.Get("uploadId")
	switch {
	case r.Method == http.MethodGet && q.Get("list-type") == "2":
		f.list(w, strings.TrimSuffix(key, "/"), q.Get("prefix"))
	case r.Method == http.MethodPost && q.Has("uploads"):
		id = fmt.Sprint("upload-", len(f.parts))
		f.parts[id] = map[int][]byte{}
		fmt.Fprintf(w, "<InitiateMultipartUploadResult><UploadId>%s</UploadId></InitiateMultipartUploadResult>", id)
	case r.Method == http.MethodPut && id != "":
		n, _ := strconv.Atoi(q.Get("partNumber"))
		f.parts[id][n] = f.body(r)
		w.Header().Set("ETag", fmt.Sprintf(`"%d"`, n))
	case r.Method == http.MethodPost && id != "":
		var whole []byte
		for n := 1; n <= len(f.parts[id]); n++ {
			whole = append(whole, f.parts[id][n]...)
		}
		f.objects[key] = whole
		fmt.Fprintf(w, "<CompleteMultipartUploadResult><Bucket>attic</Bucket><Key>%s</Key><ETag>x</ETag></CompleteMultipartUploadResult>", key)
	case r.Method == http.MethodDelete && id != "":
		f.aborted++
		delete(f.parts, id)
		w.WriteHeader(http.StatusNoContent)
	case r.Method == http.MethodDelete:
		delete(f.objects, key)
		w.WriteHeader(http.StatusNoContent)
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		b, ok := f.objects[key]
		if !ok {
			http.Error(w, "<Error><Code>NoSuchKey</Code></Error>", http.StatusNotFound)
			return
		}
		w.Header().Set("ETag", `"x"`)
		http.ServeContent(w, r, "", time.Unix(1_700_000_000, 0), strings.NewReader(string(b)))
	default:
		f.t.Errorf("%s %s", r.Method, r.URL)
		http.Error(w, "", http.StatusNotImplemented)
	}
}

func (f *fakeS3) list(w http.ResponseWriter, bucket, prefix string) {
	type content struct {
		Key, ETag, LastModified string
		Size                    int
	}
	var out struct {
		XMLName  xml.Name `xml:"ListBucketResult"`
		Contents []content
	}
	for key, b := range f.objects {
		if name, ok := strings.CutPrefix(key, bucket+"/"); ok && strings.HasPrefix(name, prefix) {
			out.Contents = append(out.Contents, content{name, "x", "2026-01-01T00:00:00.000Z", len(b)})
		}
	}
	slices.SortFunc(out.Contents, func(a, b content) int { return strings.Compare(a.Key, b.Key) })
	if err := xml.NewEncoder(w).Encode(out); err != nil {
		f.t.Error(err)
	}
}

// body takes a signed stream apart: lines with the size of each chunk, and the chunks.
func (f *fakeS3) body(r *http.Request) (all []byte) {
	in := bufio.NewReader(r.Body)
	if !strings.HasPrefix(r.Header.Get("X-Amz-Content-Sha256"), "STREAMING") {
		all, _ = io.ReadAll(in)
		return all
	}
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			f.t.Error(err)
			return all
		}
		size, err := strconv.ParseInt(strings.Split(line, ";")[0], 16, 64)
		if err != nil || size == 0 {
			return all
		}
		chunk := make([]byte, size+2)
		if _, err := io.ReadFull(in, chunk); err != nil {
			f.t.Error(err)
		}
		all = append(all, chunk[:size]...)
	}
}

func newFakeS3(t *testing.T) (*fakeS3, S3) {
	t.Helper()
	f := &fakeS3{t: t, objects: map[string][]byte{"attic/photo.jpg": nil, "attic/" + nameOf(at(9), true): nil}, parts: map[string]map[int][]byte{}}
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	return f, S3{Endpoint: server.URL, Region: "eu-north-1", AccessKey: "access", SecretKey: "secret"}
}

func TestAnS3Bucket(t *testing.T) {
	f, how := newFakeS3(t)
	keeps(t, Place{To: "s3://attic/hypha/one", S3: how})
	if f.aborted != 3 || len(f.objects) != 4 {
		t.Errorf("%d uploads aborted, %d objects", f.aborted, len(f.objects))
	}
	how.AccessKey = "other"
	to, err := Place{To: "s3://attic", S3: how}.open(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := to.List(t.Context()); err == nil || !strings.Contains(err.Error(), "Access Denied") {
		t.Error(err)
	}
	if err := to.Close(); err != nil {
		t.Error(err)
	}
}
