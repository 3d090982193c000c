// Package sysfstest plays device images of sysfs in tests: files in a folder of the test, some of which cannot be read.
package sysfstest

import (
	"encoding/json"
	"errors"
	"io/fs"
	"maps"
	"math"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"hypha/internal/host"
	"hypha/internal/input"
	"hypha/internal/measure"
)

// Image is what the files say and what must be read from them.
type Image struct {
	Kind       string
	Options    json.RawMessage
	Files      map[string]string // path below the root: content
	ReadErrors map[string]string `json:"read_errors"` // path: name of the errno
	Expect     []struct {
		Name, Quantity, Unit string
		Value, Tolerance     float64
	}
	ExpectError bool `json:"expect_error"`
}

// Host writes the files of an image below a folder of the test.
func (i Image) Host(tb testing.TB) host.Host {
	tb.Helper()
	root := tb.TempDir()
	for name, content := range i.Files {
		path := filepath.Join(root, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
			tb.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			tb.Fatal(err)
		}
	}
	numbers := map[string]syscall.Errno{
		"EIO": syscall.EIO, "ETIMEDOUT": syscall.ETIMEDOUT, "ENODATA": syscall.ENODATA, "EAGAIN": syscall.EAGAIN,
		"ENODEV": syscall.ENODEV, "ENXIO": syscall.ENXIO, "EREMOTEIO": syscall.Errno(121), "EINVAL": syscall.EINVAL, "EBUSY": syscall.EBUSY,
	}
	broken := maps.Clone(i.ReadErrors)
	return host.Host{Root: root, ReadFile: func(path string) ([]byte, error) {
		if name, ok := broken[strings.TrimPrefix(path, root+string(filepath.Separator))]; ok {
			errno, known := numbers[name]
			if !known {
				return nil, errors.New("unknown errno " + name)
			}
			return nil, &fs.PathError{Op: "read", Path: path, Err: errno}
		}
		return os.ReadFile(path) // a file of the test
	}}
}

// Play plays all images in testdata with the kinds given, each as its name says.
func Play(t *testing.T, kinds ...input.Kind) {
	t.Helper()
	files, err := filepath.Glob("testdata/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("no images: %v", err)
	}
	byID := map[string]input.Kind{}
	for _, k := range kinds {
		byID[k.ID] = k
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".json"), func(t *testing.T) {
			raw, err := os.ReadFile(file) // a file of the test
			if err != nil {
				t.Fatal(err)
			}
			var i Image
			if err := json.Unmarshal(raw, &i); err != nil {
				t.Fatal(err)
			}
			k, ok := byID[i.Kind]
			if !ok {
				t.Fatalf("no kind %s", i.Kind)
			}
			i.check(t, k)
		})
	}
}

func (i Image) check(t *testing.T, k input.Kind) {
	t.Helper()
	h := i.Host(t)
	for range 2 { // no state may leak from one read to the next
		channels, values, err := Read(t, k, i.Options, h)
		if i.ExpectError {
			if err == nil || values != nil {
				t.Errorf("read %v, %v; want an error and no value", values, err)
			}
			t.Log(err)
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range i.Expect {
			if !i.met(t, want.Name, want.Quantity, want.Unit, want.Value, want.Tolerance, channels, values) {
				t.Errorf("no channel %q reads %v %s; channels %+v, values %v", want.Name, want.Value, want.Unit, channels, values)
			}
		}
	}
}

func (Image) met(t *testing.T, name, quantity, unit string, value, tolerance float64, channels []input.Channel, values []float64) bool {
	t.Helper()
	for n, c := range channels {
		if string(c.Quantity) != quantity || name != "" && c.Name != name {
			continue
		}
		convert, err := measure.NewCatalogue().Conversion(c.Unit, measure.Unit(unit))
		if err != nil {
			t.Fatal(err)
		}
		if math.Abs(convert.Apply(values[n])-value) <= tolerance {
			return true
		}
	}
	return false
}

// Read asks for the channels, opens the device and reads it once.
func Read(tb testing.TB, k input.Kind, options json.RawMessage, h host.Host) ([]input.Channel, []float64, error) {
	tb.Helper()
	d, err := k.Bind(options)
	if err != nil {
		tb.Fatal(err)
	}
	channels, err := d.Channels(tb.Context(), h)
	if err != nil {
		return nil, nil, err
	}
	r, err := d.Open(tb.Context(), h)
	if err != nil {
		return channels, nil, err
	}
	values, err := r.Read(tb.Context())
	if values != nil && len(values) != len(channels) {
		tb.Errorf("%d values for %d channels", len(values), len(channels))
	}
	return channels, values, err
}
