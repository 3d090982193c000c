package camera

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"net/url"
	"os/exec"
	"strconv"
	"strings"
	"time"

	"hypha/internal/option"
)

// FindFFmpeg looks for the program ffmpeg, each time anew: people install it while Hypha runs.
func FindFFmpeg() (string, error) {
	path, err := exec.LookPath("ffmpeg")
	if err != nil {
		return "", errors.New("this needs the program ffmpeg, which is not installed on this machine: install it (Debian, Raspberry Pi OS: sudo apt install ffmpeg) and try again; in a container, use an image that has it")
	}
	return path, nil
}

// rtspOptions are those of a camera that speaks RTSP.
type rtspOptions struct {
	URL      string `json:"url" required:"true" max_len:"2000" title:"Address" placeholder:"rtsp://192.168.1.30:554/stream1" help:"As the camera's manual gives it, without name and password. A second, smaller stream spares this machine"`
	Username string `json:"username" max_len:"200" title:"User name" help:"Of an account of the camera that may watch"`
	Password string `json:"password" secret:"true" max_len:"1000" title:"Password" help:"Of the same account"`
	Rate     int    `json:"rate" title:"Pictures a second" help:"While somebody watches" min:"1" max:"15" default:"4" advanced:"true"`
	Width    int    `json:"width" title:"Width" help:"Pictures are made so wide; 0 leaves them as they are" min:"0" max:"3840" default:"0" unit:"px" advanced:"true"`
}

// Validate checks the address.
func (o rtspOptions) Validate() error {
	u, err := url.Parse(o.URL)
	switch {
	case err != nil, u.Scheme != "rtsp" && u.Scheme != "rtsps":
		return option.Errors{{Field: "url", Message: "must begin with rtsp:// or rtsps://"}}
	case u.Hostname() == "":
		return option.Errors{{Field: "url", Message: "names no host; write it as rtsp://192.168.1.30:554/stream1"}}
	case u.User != nil:
		return option.Errors{{Field: "url", Message: "must not hold a user name or password; they have fields of their own, where they are kept secret"}}
	}
	return nil
}

func rtspKind() Kind {
	return Define(Spec[rtspOptions]{
		ID: "rtsp", Name: "RTSP stream", Icon: "cctv", Tags: []string{"network"}, Timeout: 20 * time.Second,
		Description: "A network camera that speaks RTSP, as nearly all surveillance cameras do. Needs the program ffmpeg.",
		Open: func(o rtspOptions, h Host) (Source, error) {
			u, err := url.Parse(o.URL)
			if err != nil {
				return nil, err
			}
			shown := u.Host
			if o.Username != "" {
				u.User = url.UserPassword(o.Username, o.Password)
			}
			p := program{host: h, from: shown, rate: o.Rate, secret: o.Password, in: []string{"-rtsp_transport", "tcp", "-i", u.String()}}
			if o.Width > 0 {
				p.out = []string{"-vf", "scale=" + strconv.Itoa(o.Width) + ":-2"}
			}
			return p, nil
		},
	})
}

// v4l2Options are those of a camera at this machine.
type v4l2Options struct {
	Device string `json:"device" title:"Device" default:"/dev/video0" pattern:"^/dev/(video[0-9]{1,3}|v4l/by-(id|path)/[A-Za-z0-9._:@+-]{1,200})$" help:"/dev/v4l/by-id/... stays the same when other cameras are plugged in" placeholder:"/dev/video0"`
	Size   string `json:"size" title:"Size" help:"Of the picture, in pixels; the camera must know it" enum:"320x240,640x480,800x600,1280x720,1920x1080" default:"1280x720"`
	Rate   int    `json:"rate" title:"Pictures a second" help:"While somebody watches" min:"1" max:"15" default:"5" advanced:"true"`
}

func v4l2Kind() Kind {
	return Define(Spec[v4l2Options]{
		ID: "v4l2", Name: "USB or built-in camera", Icon: "webcam", Tags: []string{"host"}, Timeout: 15 * time.Second,
		Description: "A camera at this machine, as Linux shows it (V4L2). Needs the program ffmpeg.",
		Open: func(o v4l2Options, h Host) (Source, error) {
			return program{host: h, from: o.Device, rate: o.Rate, in: []string{"-f", "v4l2", "-video_size", o.Size, "-i", o.Device}}, nil
		},
	})
}

// program is a camera that ffmpeg reads.
type program struct {
	host   Host
	from   string // for people
	secret string
	in     []string // what it reads
	out    []string // filters
	rate   int
}

// Still has one picture taken.
func (p program) Still(ctx context.Context) (first []byte, err error) {
	err = p.run(ctx, []string{"-frames:v", "1"}, func(jpeg []byte) bool { first = jpeg; return false })
	return first, err
}

// Stream has pictures taken until ctx ends.
func (p program) Stream(ctx context.Context, yield func([]byte) bool) error {
	return p.run(ctx, []string{"-r", strconv.Itoa(p.rate)}, yield)
}

// keptWords is how much of what ffmpeg complains of is kept.
const keptWords = 4 << 10

func (p program) run(ctx context.Context, how []string, yield func([]byte) bool) error {
	path, err := p.host.FFmpeg()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	args := append([]string{"-hide_banner", "-nostdin", "-loglevel", "error"}, p.in...)
	args = append(args, "-an")
	args = append(append(args, p.out...), how...)
	args = append(args, "-f", "image2pipe", "-c:v", "mjpeg", "-q:v", "5", "pipe:1")
	cmd := exec.CommandContext(ctx, path, args...) //nolint:gosec // the program is looked up by name; no shell reads the arguments
	cmd.WaitDelay = 2 * time.Second
	words := &clipped{most: keptWords}
	cmd.Stderr = words
	out, err := cmd.StdoutPipe()
	if err != nil {
		return fmt.Errorf("start ffmpeg: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start ffmpeg: %w", err)
	}
	enough := false
	failed := readJPEGs(ctx, cancel, out, func(jpeg []byte) bool {
		enough = !yield(jpeg)
		return !enough
	})
	outer := ctx.Err() != nil && !errors.Is(context.Cause(ctx), errSilent)
	cancel(nil)
	ended := cmd.Wait()
	switch {
	case enough:
		return nil
	case outer:
		return failed
	case words.b.Len() > 0:
		return fmt.Errorf("%s: %s", p.from, p.plain(words.b.String()))
	case failed != nil:
		return fmt.Errorf("%s: %w", p.from, failed)
	case ended != nil:
		return fmt.Errorf("%s: ffmpeg ended: %w", p.from, ended)
	}
	return nil
}

// plain is the last that ffmpeg has said, without what is secret.
func (p program) plain(words string) string {
	if p.secret != "" {
		words = strings.NewReplacer(p.secret, "***", url.QueryEscape(p.secret), "***", url.UserPassword("", p.secret).String(), "***").Replace(words)
	}
	lines := strings.Split(strings.TrimSpace(words), "\n")
	return strings.TrimSpace(lines[len(lines)-1])
}

// clipped keeps the first bytes of what is written.
type clipped struct {
	b    bytes.Buffer
	most int
}

func (c *clipped) Write(b []byte) (int, error) {
	if room := c.most - c.b.Len(); room > 0 {
		c.b.Write(b[:min(room, len(b))])
	}
	return len(b), nil
}
