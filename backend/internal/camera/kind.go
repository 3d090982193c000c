package camera

import (
	"context"
	"encoding/json"
	"net/http"
	"time"

	"hypha/internal/option"
)

// Source is a camera that can be asked for pictures. Calls do not overlap.
type Source interface {
	// Still takes one picture, a JPEG of at most MaxBytes, within ctx.
	Still(ctx context.Context) ([]byte, error)
}

// Streamer is a Source whose pictures come by themselves. It hands each to yield, which does not keep it waiting, until
// ctx ends or yield returns false.
type Streamer interface {
	Stream(ctx context.Context, yield func(jpeg []byte) bool) error
}

// MaxBytes is how large a picture of a camera may be.
const MaxBytes = 8 << 20

// Host is what kinds get of the machine.
type Host struct {
	HTTP *http.Client
	// FFmpeg is the path of the program ffmpeg, or why there is none, which says the remedy.
	FFmpeg func() (string, error)
	// Scene is what the simulated camera shows; nil: a test picture.
	Scene func(now time.Time) Scene
}

// Spec declares a kind whose options have the type O.
type Spec[O any] struct {
	ID, Name, Description, Icon string
	Tags                        []string
	Timeout                     time.Duration // for one picture; zero: 10 s
	Open                        func(o O, h Host) (Source, error)
}

// Kind is an entry of the catalogue of cameras. Make it with Define.
type Kind struct {
	ID, Name, Description, Icon string
	Tags                        []string
	Timeout                     time.Duration
	Options                     *option.Spec

	open func(raw json.RawMessage, h Host) (Source, error)
}

// Define makes a Kind of a Spec.
func Define[O any](s Spec[O]) Kind {
	if s.Timeout == 0 {
		s.Timeout = 10 * time.Second
	}
	k := Kind{ID: s.ID, Name: s.Name, Description: s.Description, Icon: s.Icon, Tags: s.Tags, Timeout: s.Timeout, Options: option.MustFor[O]()}
	k.open = func(raw json.RawMessage, h Host) (Source, error) {
		var o O
		if err := k.Options.Decode(raw, &o); err != nil {
			return nil, err
		}
		return s.Open(o, h)
	}
	return k
}

// Open checks options against the kind and returns the source they describe, without reaching for it. The error is an
// option.Errors when the options are at fault.
func (k Kind) Open(options json.RawMessage, h Host) (Source, error) { return k.open(options, h) }

// Kinds returns all kinds, in the order in which the catalogue shows them.
func Kinds() []Kind {
	return []Kind{snapshotKind(), mjpegKind(), rtspKind(), v4l2Kind(), simulatedKind()}
}
