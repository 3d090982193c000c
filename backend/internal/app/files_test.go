package app

import (
	"bytes"
	"encoding/json"
	"image"
	"image/png"
	"mime/multipart"
	"net/http"
	"strings"
	"testing"
)

// upload sends a file as a browser does.
func (i *instance) upload(role, field, name string, content []byte) answer {
	i.t.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile(field, name)
	if err != nil {
		i.t.Fatal(err)
	}
	if _, err := part.Write(content); err != nil {
		i.t.Fatal(err)
	}
	if err := form.Close(); err != nil {
		i.t.Fatal(err)
	}
	return i.sendWith(http.MethodPost, "/files", body.String(), map[string]string{
		"Authorization": "Bearer " + i.tokens[role], "Content-Type": form.FormDataContentType(),
	})
}

func TestFilesBelongToNotesAndAreServedSafely(t *testing.T) {
	i := launch(t)
	var picture bytes.Buffer
	if err := png.Encode(&picture, image.NewRGBA(image.Rect(0, 0, 20, 10))); err != nil {
		t.Fatal(err)
	}
	type file struct {
		ID    string
		Image bool
		Width int
	}
	made := func(a answer) (f file) {
		t.Helper()
		if err := json.Unmarshal([]byte(a.body), &f); err != nil || a.status != http.StatusCreated {
			t.Fatalf("uploaded: %d %s", a.status, a.body)
		}
		return f
	}
	photo := made(i.upload("operator", "file", "leaf.png", picture.Bytes()))
	script := made(i.upload("operator", "file", "leaf.svg", []byte(`<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>`)))
	if !photo.Image || photo.Width != 20 || script.Image {
		t.Errorf("uploaded %+v and %+v", photo, script)
	}
	note := i.send(http.MethodPost, "/notes", "operator", `{"note":"First leaf","tags":["growth"],"files":["`+photo.ID+`","`+script.ID+`"]}`)
	if note.status != http.StatusCreated || strings.Count(note.body, `"bytes":`) != 2 {
		t.Fatalf("noted %d %s", note.status, note.body)
	}

	shown := i.send(http.MethodGet, "/files/"+photo.ID, "viewer", "")
	if shown.body != picture.String() || !strings.HasPrefix(shown.header.Get("Content-Disposition"), "inline") {
		t.Errorf("the photo comes as %v", shown.header)
	}
	saved := i.send(http.MethodGet, "/files/"+script.ID, "viewer", "")
	if h := saved.header; !strings.HasPrefix(h.Get("Content-Disposition"), "attachment") || h.Get("Content-Type") != "text/plain" ||
		h.Get("X-Content-Type-Options") != "nosniff" || !strings.Contains(h.Get("Content-Security-Policy"), "sandbox") {
		t.Errorf("the drawing comes as %v", h)
	}
	part := i.sendWith(http.MethodGet, "/files/"+photo.ID, "", map[string]string{"Authorization": "Bearer " + i.tokens["viewer"], "Range": "bytes=1-3"})
	if part.status != http.StatusPartialContent || part.body != "PNG" {
		t.Errorf("a range: %d %q", part.status, part.body)
	}
	if small := i.send(http.MethodGet, "/files/"+photo.ID+"/thumbnail", "viewer", ""); small.header.Get("Content-Type") != "image/jpeg" {
		t.Errorf("the thumbnail: %d %v", small.status, small.header)
	}
	for what, c := range map[string]struct {
		got    answer
		status int
	}{
		"a viewer uploads":        {i.upload("viewer", "file", "a.txt", []byte("text")), http.StatusForbidden},
		"a stranger looks":        {i.send(http.MethodGet, "/files/"+photo.ID, "", ""), http.StatusUnauthorized},
		"another field":           {i.upload("operator", "photo", "a.txt", []byte("text")), http.StatusUnprocessableEntity},
		"no form":                 {i.send(http.MethodPost, "/files", "operator", "{}"), http.StatusUnprocessableEntity},
		"a program":               {i.upload("operator", "file", "a.txt", []byte("MZ\x00\x01")), http.StatusUnprocessableEntity},
		"a broken picture":        {i.upload("operator", "file", "a.png", picture.Bytes()[:40]), http.StatusUnprocessableEntity},
		"no such file":            {i.send(http.MethodGet, "/files/../settings.db", "admin", ""), http.StatusNotFound},
		"no thumbnail of a text":  {i.send(http.MethodGet, "/files/"+script.ID+"/thumbnail", "viewer", ""), http.StatusNotFound},
		"a note with a lost file": {i.send(http.MethodPost, "/notes", "operator", `{"note":"x","files":["00"]}`), http.StatusUnprocessableEntity},
	} {
		if c.got.status != c.status {
			t.Errorf("%s: %d %s", what, c.got.status, c.got.body)
		}
		c.got.wantProblem(t, what)
	}
	csv := i.send(http.MethodGet, "/notes/export?tag=growth", "viewer", "")
	if !strings.Contains(csv.body, `,First leaf,,growth,,"leaf.png, leaf.svg",`) {
		t.Errorf("as CSV: %s", csv.body)
	}
	if tags := i.send(http.MethodGet, "/notes/tags", "viewer", ""); tags.body != `{"items":["growth"],"total":1}`+"\n" {
		t.Errorf("tags: %s", tags.body)
	}
	if sys := i.send(http.MethodGet, "/system", "viewer", ""); !strings.Contains(sys.body, `"files":{"count":2,`) {
		t.Errorf("the system does not count them: %s", sys.body)
	}
}
