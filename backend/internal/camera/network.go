package camera

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/png" // some cameras send their stills so
	"io"
	"net/http"
	"time"

	"hypha/internal/drivers/httpcall"
	"hypha/internal/files/picture"
)

// snapshotOptions are those of a camera that answers with one picture.
type snapshotOptions struct {
	URL string `json:"url" required:"true" format:"uri" max_len:"2000" title:"Address of the picture" placeholder:"http://192.168.1.30/snapshot.jpg" help:"The address that shows one picture in a browser. The camera's manual calls it snapshot or still"`
	httpcall.Account
}

// Validate checks address and headers.
func (o snapshotOptions) Validate() error { return checked(o.URL, o.Account) }

func checked(url string, a httpcall.Account) error {
	errs := httpcall.CheckURL("url", url)
	if errs = append(errs, httpcall.CheckHeaders("headers", a.Headers)...); len(errs) > 0 {
		return errs
	}
	return nil
}

func snapshotKind() Kind {
	return Define(Spec[snapshotOptions]{
		ID: "http_snapshot", Name: "Picture over HTTP", Icon: "image", Tags: []string{"network"},
		Description: "A camera, or a program, that answers an address with one picture. Most network cameras and ESP32-CAM do.",
		Open: func(o snapshotOptions, h Host) (Source, error) {
			return snapshot{ask{h.HTTP, o.URL, o.Account, "image/jpeg, image/png;q=0.5"}}, nil
		},
	})
}

// ask is what network cameras are asked.
type ask struct {
	client *http.Client
	url    string
	httpcall.Account
	accept string
}

func (a ask) open(ctx context.Context) (io.ReadCloser, error) {
	return httpcall.Open(ctx, a.client, httpcall.Request{Method: http.MethodGet, URL: a.url, Account: a.Account, Accept: a.accept})
}

type snapshot struct{ ask }

// Still asks for one picture.
func (s snapshot) Still(ctx context.Context) ([]byte, error) {
	body, err := s.open(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = body.Close() }() // only read
	raw, err := io.ReadAll(io.LimitReader(body, MaxBytes+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("the picture did not arrive as a whole: %w", err)
	case len(raw) > MaxBytes:
		return nil, fmt.Errorf("the picture has more than %d MB", MaxBytes>>20)
	}
	return asJPEG(raw)
}

// asJPEG returns a picture as it is when it is a JPEG, and drawn anew when it is one of another format.
func asJPEG(raw []byte) ([]byte, error) {
	if whole, err := nextJPEG(bufio.NewReader(bytes.NewReader(raw))); err == nil {
		return whole, nil
	}
	cfg, _, err := image.DecodeConfig(bytes.NewReader(raw))
	if err != nil {
		return nil, errNoPicture
	}
	const most = 10_000_000 // pixels
	if cfg.Width*cfg.Height > most {
		return nil, errors.New("the picture is too large: choose a smaller one, or JPEG, in the camera's settings")
	}
	m, _, err := image.Decode(bytes.NewReader(raw))
	if err != nil {
		return nil, errNoPicture
	}
	var out bytes.Buffer
	if err := picture.Encode(&out, m, 85); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// mjpegOptions are those of a camera that sends pictures one after the other.
type mjpegOptions struct {
	URL string `json:"url" required:"true" format:"uri" max_len:"2000" title:"Address of the stream" placeholder:"http://192.168.1.30:81/stream" help:"The address that shows a moving picture in a browser (MJPEG)"`
	httpcall.Account
}

// Validate checks address and headers.
func (o mjpegOptions) Validate() error { return checked(o.URL, o.Account) }

func mjpegKind() Kind {
	return Define(Spec[mjpegOptions]{
		ID: "mjpeg", Name: "MJPEG stream", Icon: "film", Tags: []string{"network"},
		Description: "A camera that sends pictures one after the other over HTTP, as ESP32-CAM, motion, µStreamer and many network cameras do.",
		Open: func(o mjpegOptions, h Host) (Source, error) {
			return stream{ask{h.HTTP, o.URL, o.Account, "multipart/x-mixed-replace, image/jpeg"}}, nil
		},
	})
}

type stream struct{ ask }

// silentWithin is how long a stream may send nothing.
const silentWithin = 15 * time.Second

// errSilent says that a stream has stopped.
var errSilent = fmt.Errorf("no picture for %v", silentWithin)

// Still takes the first picture of the stream.
func (s stream) Still(ctx context.Context) (first []byte, err error) {
	err = s.Stream(ctx, func(jpeg []byte) bool { first = jpeg; return false })
	return first, err
}

// Stream reads pictures until ctx ends.
func (s stream) Stream(ctx context.Context, yield func([]byte) bool) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	body, err := s.open(ctx)
	if err != nil {
		return err
	}
	defer func() { _ = body.Close() }() // only read
	return readJPEGs(ctx, cancel, body, yield)
}

// readJPEGs hands on the pictures of a stream; one that falls silent is cancelled.
func readJPEGs(ctx context.Context, cancel context.CancelCauseFunc, in io.Reader, yield func([]byte) bool) error {
	silent := time.AfterFunc(silentWithin, func() { cancel(errSilent) })
	defer silent.Stop()
	r := bufio.NewReaderSize(in, 32<<10)
	for some := false; ; some = true {
		jpeg, err := nextJPEG(r)
		switch {
		case errors.Is(context.Cause(ctx), errSilent):
			return errSilent
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case errors.Is(err, io.EOF) && some:
			return errors.New("the stream has ended")
		case errors.Is(err, io.EOF):
			return errNoPicture
		case err != nil:
			return err
		}
		silent.Reset(silentWithin)
		if !yield(jpeg) {
			return nil
		}
	}
}
