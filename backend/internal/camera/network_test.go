package camera

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/png"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"hypha/internal/option"
)

// device is a network camera of the test.
func device(t *testing.T) (*httptest.Server, *http.Client) {
	t.Helper()
	jpeg := drawnJPEG(t, 64, 48)
	mux := http.NewServeMux()
	mux.HandleFunc("/still", func(w http.ResponseWriter, r *http.Request) {
		if user, password, _ := r.BasicAuth(); user != "maya" || password != "secret word" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_, _ = w.Write(jpeg)
	})
	mux.HandleFunc("/png", func(w http.ResponseWriter, _ *http.Request) {
		_ = png.Encode(w, image.NewRGBA(image.Rect(0, 0, 20, 10)))
	})
	mux.HandleFunc("/page", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("<html>hello</html>")) })
	mux.HandleFunc("/endless", func(w http.ResponseWriter, r *http.Request) {
		for r.Context().Err() == nil {
			if _, err := w.Write(make([]byte, 1<<20)); err != nil {
				return
			}
		}
	})
	mux.HandleFunc("/stream", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "multipart/x-mixed-replace;boundary=123")
		for r.Context().Err() == nil {
			if _, err := fmt.Fprintf(w, "\r\n--123\r\nContent-Type: image/jpeg\r\n\r\n%s", jpeg); err != nil {
				return
			}
			w.(http.Flusher).Flush()
			select {
			case <-time.After(10 * time.Millisecond):
			case <-r.Context().Done():
			}
		}
	})
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	client := &http.Client{Transport: &http.Transport{}}
	t.Cleanup(client.CloseIdleConnections)
	return server, client
}

func source(t *testing.T, k Kind, h Host, options string) Source {
	t.Helper()
	s, err := k.Open([]byte(options), h)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestPicturesComeOverHTTP(t *testing.T) {
	server, client := device(t)
	h := Host{HTTP: client}
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	for path, want := range map[string]string{
		"/still": "", "/png": "", "/page": errNoPicture.Error(), "/lost": "404", "/endless": "more than 8 MB",
	} {
		s := source(t, snapshotKind(), h, `{"url":"`+server.URL+path+`","username":"maya","password":"secret word"}`)
		b, err := s.Still(ctx)
		switch {
		case want == "" && (err != nil || !bytes.HasPrefix(b, []byte{0xFF, 0xD8})):
			t.Errorf("%s: %d bytes, %v", path, len(b), err)
		case want != "" && (err == nil || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: %v, want %s", path, err, want)
		}
	}
	if _, err := source(t, snapshotKind(), h, `{"url":"`+server.URL+`/still"}`).Still(ctx); err == nil || !strings.Contains(err.Error(), "password") {
		t.Errorf("without a password: %v", err)
	}
	s := source(t, mjpegKind(), h, `{"url":"`+server.URL+`/stream"}`)
	if _, err := s.Still(ctx); err != nil {
		t.Errorf("one of a stream: %v", err)
	}
	n := 0
	err := s.(Streamer).Stream(ctx, func([]byte) bool { n++; return n < 5 })
	if err != nil || n != 5 {
		t.Errorf("%d of a stream, %v", n, err)
	}
	if _, err := source(t, mjpegKind(), h, `{"url":"`+server.URL+`/page"}`).Still(ctx); !errors.Is(err, errNoPicture) {
		t.Errorf("a page for a stream: %v", err)
	}
}

func TestFaultsOfCamerasNameTheirFields(t *testing.T) {
	for kind, options := range map[string]string{
		"http_snapshot": `{"url":"ftp://a/b"}`, "mjpeg": `{"url":"http://user:word@a/b"}`, "rtsp": `{"url":"-rtsp://a"}`, "v4l2": `{"device":"/dev/../etc/passwd"}`,
	} {
		for _, k := range Kinds() {
			if k.ID != kind {
				continue
			}
			_, err := k.Open([]byte(options), Host{})
			fields, ok := errors.AsType[option.Errors](err)
			if !ok || len(fields) != 1 {
				t.Errorf("%s %s: %v", kind, options, err)
			}
		}
	}
}

// stand is a program in the place of ffmpeg.
func stand(t *testing.T, script string) func() (string, error) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ffmpeg")
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"+script+"\n"), 0o700); err != nil {
		t.Fatal(err)
	}
	return func() (string, error) { return path, nil }
}

func TestFFmpegIsAskedAndItsComplaintsAreTold(t *testing.T) {
	still := filepath.Join(t.TempDir(), "still.jpg")
	if err := os.WriteFile(still, drawnJPEG(t, 16, 16), 0o600); err != nil {
		t.Fatal(err)
	}
	options := `{"url":"rtsp://cam.lan/1","username":"maya","password":"p w"}`
	ok := source(t, rtspKind(), Host{FFmpeg: stand(t, "cat "+still+"; exec sleep 60")}, options)
	if b, err := ok.Still(t.Context()); err != nil || len(b) == 0 {
		t.Errorf("%d bytes, %v", len(b), err)
	}
	n := 0
	many := source(t, rtspKind(), Host{FFmpeg: stand(t, "while true; do cat "+still+"; done")}, options)
	if err := many.(Streamer).Stream(t.Context(), func([]byte) bool { n++; return n < 9 }); err != nil || n != 9 {
		t.Errorf("%d of a stream, %v", n, err)
	}
	bad := source(t, rtspKind(), Host{FFmpeg: stand(t, `echo "rtsp://maya:p%20w@cam.lan/1: Server returned 401 Unauthorized" >&2; exit 1`)}, options)
	if _, err := bad.Still(t.Context()); err == nil || !strings.Contains(err.Error(), "401") || strings.Contains(err.Error(), "p%20w") {
		t.Errorf("refused: %v", err)
	}
	none := source(t, rtspKind(), Host{FFmpeg: func() (string, error) { return "", errors.New("install it") }}, options)
	if _, err := none.Still(t.Context()); err == nil || err.Error() != "install it" {
		t.Errorf("without ffmpeg: %v", err)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	hangs := source(t, rtspKind(), Host{FFmpeg: stand(t, "exec sleep 60")}, options)
	if _, err := hangs.Still(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("one that hangs: %v", err)
	}
}

func TestTheRealFFmpegReadsAPicture(t *testing.T) {
	path, err := exec.LookPath("ffmpeg")
	if err != nil {
		t.Skip("ffmpeg is not installed")
	}
	p := program{host: Host{FFmpeg: func() (string, error) { return path, nil }}, from: "test", rate: 5, in: []string{"-re", "-f", "lavfi", "-i", "testsrc=size=160x120:rate=10"}}
	b, err := p.Still(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got, err := newPicture(b); err != nil || got.Width != 160 {
		t.Errorf("%+v, %v", got, err)
	}
	n := 0
	if err := p.Stream(t.Context(), func([]byte) bool { n++; return n < 3 }); err != nil || n != 3 {
		t.Errorf("%d of a stream, %v", n, err)
	}
}
