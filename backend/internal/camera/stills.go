package camera

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"time"

	"hypha/internal/camera/avi"
	"hypha/internal/camera/reel"
	"hypha/internal/fleet"
	"hypha/internal/option"
)

// Stills lists the stills of a camera from one time to another (ms since the epoch, exclusive): at most so many, evenly
// chosen, and how many there are.
func (s *Service) Stills(ctx context.Context, id, from, to int64, most int) ([]reel.Frame, int, error) {
	if _, err := s.cfg.Store.Cameras.Get(ctx, id); err != nil {
		return nil, 0, err
	}
	return s.reel.Frames(id, from, to, most)
}

// StillAt returns the picture of a still.
func (s *Service) StillAt(ctx context.Context, id, t int64) ([]byte, error) {
	if _, err := s.cfg.Store.Cameras.Get(ctx, id); err != nil {
		return nil, err
	}
	f, err := s.reel.At(id, t)
	if errors.Is(err, reel.ErrNotFound) {
		return nil, fleet.ErrNotFound
	}
	if err != nil {
		return nil, err
	}
	b, err := s.reel.Read(f)
	if errors.Is(err, reel.ErrNotFound) {
		return nil, fleet.ErrNotFound
	}
	return b, err
}

// Film is a timelapse that is ready to be written.
type Film struct {
	store  *reel.Store
	frames []reel.Frame
	rate   int
	ffmpeg string // path; "": an AVI of the stills as they are
}

// MostFilm is how many stills a film may have.
const MostFilm = 20_000

// Film prepares a film of the stills of a time at so many a second. mp4 needs the program ffmpeg.
func (s *Service) Film(ctx context.Context, id, from, to int64, rate int, mp4 bool) (*Film, error) {
	all, total, err := s.Stills(ctx, id, from, to, MostFilm)
	if err != nil {
		return nil, err
	}
	if total == 0 {
		return nil, option.Errors{{Field: "from", Message: "there are no stills between these times"}}
	}
	f := &Film{store: s.reel, rate: rate}
	for _, fr := range all { // a film has one size: that of its newest still
		if last := all[len(all)-1]; fr.Width == last.Width && fr.Height == last.Height {
			f.frames = append(f.frames, fr)
		}
	}
	if mp4 {
		if f.ffmpeg, err = s.cfg.Host.FFmpeg(); err != nil {
			return nil, option.Errors{{Field: "format", Message: err.Error() + "; or choose avi"}}
		}
		return f, nil
	}
	if _, err := avi.Size(f.sizes()); err != nil {
		return nil, option.Errors{{Field: "from", Message: "the film would have more than 2 GB: choose a shorter time"}}
	}
	return f, nil
}

func (f *Film) sizes() []int {
	sizes := make([]int, len(f.frames))
	for n, fr := range f.frames {
		sizes[n] = fr.Bytes
	}
	return sizes
}

// Bytes is how long the film will be; 0: nobody knows before.
func (f *Film) Bytes() int64 {
	if f.ffmpeg != "" {
		return 0
	}
	n, err := avi.Size(f.sizes())
	if err != nil {
		return 0
	}
	return n
}

// Write writes the film.
func (f *Film) Write(ctx context.Context, w io.Writer) error {
	if f.ffmpeg != "" {
		return f.encode(ctx, w)
	}
	size := f.frames[0]
	return avi.Write(w, avi.Film{Width: size.Width, Height: size.Height, Rate: f.rate, Sizes: f.sizes()}, func(n int) ([]byte, error) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		return f.store.Read(f.frames[n])
	})
}

// encode has ffmpeg make an mp4 that can be played while it is being written.
func (f *Film) encode(ctx context.Context, w io.Writer) error {
	cmd := exec.CommandContext(ctx, f.ffmpeg, "-hide_banner", "-loglevel", "error", "-f", "image2pipe", "-c:v", "mjpeg", "-framerate", strconv.Itoa(f.rate), "-i", "pipe:0", //nolint:gosec // the program is looked up by name; the arguments are ours
		"-vf", "scale=trunc(iw/2)*2:trunc(ih/2)*2", "-c:v", "libx264", "-preset", "veryfast", "-threads", "1", "-pix_fmt", "yuv420p", "-movflags", "frag_keyframe+empty_moov", "-f", "mp4", "pipe:1")
	words := &clipped{most: keptWords}
	cmd.Stdout, cmd.Stderr = w, words
	in, err := cmd.StdinPipe()
	if err != nil {
		return fmt.Errorf("start ffmpeg: %w", err)
	}
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("start ffmpeg: %w", err)
	}
	var failed error
	for _, fr := range f.frames {
		jpeg, err := f.store.Read(fr)
		if errors.Is(err, reel.ErrNotFound) {
			continue // gone meanwhile
		}
		if err == nil {
			_, err = in.Write(jpeg)
		}
		if failed = err; failed != nil {
			break
		}
	}
	failed = errors.Join(failed, in.Close())
	if err := cmd.Wait(); err != nil {
		return fmt.Errorf("ffmpeg: %w: %s", err, words.b.String())
	}
	return failed
}

// Keep keeps a still of another time, that of the pictures after it at the latest.
func (s *Service) Keep(id int64, at time.Time, jpeg []byte) error {
	p, err := newPicture(jpeg)
	if err != nil {
		return err
	}
	return s.reel.Append(id, at.UnixMilli(), p.Width, p.Height, jpeg)
}
