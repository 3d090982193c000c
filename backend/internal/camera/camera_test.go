package camera

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"log/slog"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"

	"hypha/internal/controller"
	"hypha/internal/files/picture"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func drawnJPEG(tb testing.TB, w, h int) []byte {
	tb.Helper()
	var b bytes.Buffer
	if err := picture.Encode(&b, image.NewRGBA(image.Rect(0, 0, w, h)), 80); err != nil {
		tb.Fatal(err)
	}
	return b.Bytes()
}

// fake is a camera that takes a second for a picture.
type fake struct {
	jpeg  []byte
	takes atomic.Int32
	fails atomic.Bool
}

func (f *fake) Still(ctx context.Context) ([]byte, error) {
	f.takes.Add(1)
	select {
	case <-time.After(time.Second):
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	if f.fails.Load() {
		return nil, errors.New("the lens cap is on")
	}
	return f.jpeg, nil
}

// run runs a camera until the test ends.
func run(t *testing.T, c *Camera) *controller.Manager {
	t.Helper()
	m := controller.NewManager(controller.Config{Logger: slog.New(slog.DiscardHandler)})
	if err := m.Start("camera/1", c, controller.Policy{}); err != nil {
		t.Fatal(err)
	}
	<-time.After(2 * time.Second)
	synctest.Wait()
	return m
}

func stop(t *testing.T, m *controller.Manager) {
	t.Helper()
	if err := m.Close(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestAllWhoAskAtATimeGetOnePicture(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{jpeg: drawnJPEG(t, 8, 8)}
		c := &Camera{source: f, timeout: 5 * time.Second, every: time.Second}
		m := run(t, c)
		defer stop(t, m)
		<-time.After(keptFor)
		before := f.takes.Load()
		got := make(chan *Picture, 5)
		for range cap(got) {
			go func() {
				p, err := c.Still(t.Context(), 10*time.Second)
				if err != nil {
					t.Error(err)
				}
				got <- p
			}()
		}
		first := <-got
		for range cap(got) - 1 {
			if p := <-got; p != first {
				t.Error("they got different pictures")
			}
		}
		if p, _ := c.Still(t.Context(), 10*time.Second); p != first {
			t.Error("one that is new enough was taken anew")
		}
		if n := f.takes.Load() - before; n != 1 {
			t.Errorf("%d pictures were taken", n)
		}
		if p, _ := c.Still(t.Context(), 0); p == first {
			t.Error("one was asked for from now on, and it is old")
		}
		<-time.After(keptFor + time.Second)
		c.mu.Lock()
		defer c.mu.Unlock()
		if c.newest != nil {
			t.Error("a picture is kept that nobody asks for")
		}
	})
}

func TestViewersShareAGrabThatEndsWithTheLast(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{jpeg: drawnJPEG(t, 8, 8)}
		c := &Camera{source: f, timeout: 5 * time.Second, every: 2 * time.Second}
		m := run(t, c)
		defer stop(t, m)
		<-time.After(keptFor) // nothing is kept any more
		before := f.takes.Load()
		var viewers []*Viewer
		for range 3 {
			v, err := c.Watch()
			if err != nil {
				t.Fatal(err)
			}
			viewers = append(viewers, v)
		}
		for range 4 {
			p, err := viewers[0].Next(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if q, err := viewers[1].Next(t.Context()); err != nil || q != p {
				t.Errorf("the second sees another one, %v", err)
			}
		}
		// The third has not looked; it gets the newest and no queue.
		p, err := viewers[2].Next(t.Context())
		if err != nil || time.Since(p.At) > time.Second {
			t.Errorf("the slow one gets a picture of %v, %v", p, err)
		}
		if n := f.takes.Load() - before; n != 4 {
			t.Errorf("%d pictures were taken for 4 rounds", n)
		}
		for _, v := range viewers {
			v.Close()
		}
		synctest.Wait()
		after := f.takes.Load()
		<-time.After(time.Minute)
		if n := f.takes.Load(); n != after {
			t.Errorf("%d pictures were taken for nobody", n-after)
		}
	})
}

func TestNoMoreThanSoManyWatch(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := &Camera{source: &fake{jpeg: drawnJPEG(t, 8, 8)}, timeout: 5 * time.Second, every: time.Second}
		m := run(t, c)
		defer stop(t, m)
		for range MaxViewers {
			v, err := c.Watch()
			if err != nil {
				t.Fatal(err)
			}
			defer v.Close()
		}
		if _, err := c.Watch(); !errors.Is(err, ErrTooMany) {
			t.Errorf("one more: %v", err)
		}
	})
}

func TestACameraThatFailsIsDegradedAndComesBack(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{jpeg: drawnJPEG(t, 8, 8)}
		c := &Camera{source: f, timeout: 5 * time.Second, every: time.Second}
		m := run(t, c)
		defer stop(t, m)
		state := func() controller.State { s, _ := m.Status("camera/1"); return s.State }
		if s := state(); s != controller.Running {
			t.Fatalf("it is %s", s)
		}
		f.fails.Store(true)
		v, err := c.Watch()
		if err != nil {
			t.Fatal(err)
		}
		for err == nil {
			_, err = v.Next(t.Context())
		}
		if err.Error() != "the lens cap is on" {
			t.Errorf("the viewer hears %v", err)
		}
		<-time.After(40 * time.Second)
		if s := state(); s != controller.Degraded {
			t.Errorf("it is %s", s)
		}
		f.fails.Store(false)
		if _, err := v.Next(t.Context()); err != nil {
			if _, err = v.Next(t.Context()); err != nil {
				t.Errorf("it is well again, and the viewer hears %v", err)
			}
		}
		<-time.After(40 * time.Second)
		if s := state(); s != controller.Running {
			t.Errorf("it is %s", s)
		}
		if err := m.Stop(t.Context(), "camera/1"); err != nil {
			t.Error(err)
		}
		for err = nil; err == nil; {
			_, err = v.Next(t.Context())
		}
		if !errors.Is(err, ErrNotOpen) {
			t.Errorf("after the end the viewer hears %v", err)
		}
	})
}

func TestAnIdleCameraIsLookedAfter(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		f := &fake{jpeg: drawnJPEG(t, 8, 8)}
		c := &Camera{source: f, timeout: 5 * time.Second, every: time.Second}
		m := run(t, c)
		defer stop(t, m)
		<-time.After(time.Hour)
		if n := f.takes.Load(); n < 10 || n > 13 {
			t.Errorf("it was asked %d times in an hour", n)
		}
	})
}

func TestPicturesAreFoundInAStream(t *testing.T) {
	jpeg := drawnJPEG(t, 40, 30)
	inner := append([]byte{0xFF, 0xD8, 0xFF, 0xE1, 0, byte(2 + 4 + 8)}, "Exif\xff\xd8\xff\xd9\xff\xd8\xff\xd9"...) // holds others
	tricky := append(inner, jpeg[2:]...)
	var in bytes.Buffer
	for _, b := range [][]byte{jpeg, tricky} {
		fmt.Fprintf(&in, "\r\n--frame\r\nContent-Type: image/jpeg\r\n\r\n")
		in.Write(b)
	}
	in.Write(jpeg) // and one right behind, as ffmpeg does
	r := bufio.NewReader(&in)
	for n, want := range [][]byte{jpeg, tricky, jpeg} {
		got, err := nextJPEG(r)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("picture %d: %d bytes, %v; want %d", n, len(got), err, len(want))
		}
	}
	if _, err := nextJPEG(r); !errors.Is(err, io.EOF) {
		t.Errorf("at the end: %v", err)
	}
	if _, err := nextJPEG(bufio.NewReader(bytes.NewReader(jpeg[:len(jpeg)-9]))); !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("cut short: %v", err)
	}
	if _, err := nextJPEG(bufio.NewReader(bytes.NewReader([]byte("<html>sign in</html>")))); !errors.Is(err, errNoPicture) {
		t.Errorf("a page: %v", err)
	}
}

func FuzzNextJPEG(f *testing.F) {
	f.Add(drawnJPEG(f, 4, 4))
	f.Fuzz(func(_ *testing.T, in []byte) { _, _ = nextJPEG(bufio.NewReader(bytes.NewReader(in))) })
}

func TestTheSimulatedCameraDrawsTheTent(t *testing.T) {
	at := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	small, large := Draw(at, Scene{Lamp: 1, Days: 1}), Draw(at, Scene{Lamp: 1, Days: 30})
	dark := Draw(at, Scene{Lamp: 0, Days: 30})
	green := func(m image.Image) (n int) {
		for y := range m.Bounds().Dy() {
			for x := range m.Bounds().Dx() {
				if r, g, b, _ := m.At(x, y).RGBA(); g > r*5/4 && g > b*5/4 {
					n++
				}
			}
		}
		return n
	}
	if green(large) < 2*green(small) || green(small) == 0 {
		t.Errorf("%d green pixels after a day, %d after a month", green(small), green(large))
	}
	_, lit, _, _ := large.At(320, 200).RGBA()
	if _, unlit, _, _ := dark.At(320, 100).RGBA(); unlit*2 > lit {
		t.Error("it is as bright without the lamp")
	}
}
