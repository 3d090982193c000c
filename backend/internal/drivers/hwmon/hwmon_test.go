package hwmon

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"hypha/internal/drivers/sysfs"
	"hypha/internal/drivers/sysfs/sysfstest"
	"hypha/internal/host"
	"hypha/internal/input"
)

func TestImages(t *testing.T) { sysfstest.Play(t, Kind()) }

// board is a mainboard with one of everything, in the units of the kernel's documentation.
func board() sysfstest.Image {
	const at = "sys/class/hwmon/hwmon4/"
	return sysfstest.Image{Files: map[string]string{
		at + "name":        "nct6779\n",
		at + "temp2_input": "35500\n", at + "temp2_label": "CPUTIN\n", at + "temp2_fault": "0\n", at + "temp2_max": "80000\n",
		at + "temp10_input": "-1250\n", at + "temp10_fault": "1\n",
		at + "humidity1_input": "45250\n",
		at + "fan1_input":      "1350\n", at + "fan1_alarm": "0\n",
		at + "in0_input": "1104\n", at + "curr1_input": "-250\n", at + "power1_input": "15250000\n", at + "power1_average": "1\n",
		at + "energy1_input": "2500000\n", at + "freq1_input": "800000000\n",
		at + "pwm1": "128\n", at + "beep_enable": "0\n", at + "intrusion0_alarm": "0\n",
	}}
}

func TestUnitsLabelsAndFaults(t *testing.T) {
	image := board()
	h := image.Host(t)
	options := json.RawMessage(`{"name":"nct6779"}`)
	channels, values, err := sysfstest.Read(t, Kind(), options, h)
	var failed input.ChannelErrors
	if !errors.As(err, &failed) || len(failed) != 1 || !errors.Is(failed[1], errFault) {
		t.Fatalf("%v", err)
	}
	for i, want := range []struct {
		name string
		v    float64
	}{
		{"CPUTIN (temp2)", 35.5},
		{"temp10", 0},
		{"humidity1", 45.25},
		{"fan1", 1350},
		{"in0", 1.104},
		{"curr1", -0.25},
		{"power1", 15.25},
		{"energy1", 2.5},
		{"freq1", 8e8},
	} {
		if channels[i].Name != want.name || failed[i] == nil && values[i] != want.v {
			t.Errorf("channel %d: %s %v, want %s %v", i, channels[i].Name, values[i], want.name, want.v)
		}
	}
	if len(channels) != 9 {
		t.Errorf("%d channels", len(channels))
	}
}

func TestADeadChip(t *testing.T) {
	image := board()
	image.ReadErrors = map[string]string{}
	for file := range image.Files {
		if strings.HasSuffix(file, "_input") {
			image.ReadErrors[file] = "EIO"
		}
	}
	options := json.RawMessage(`{"name":"nct6779"}`)
	if _, values, err := sysfstest.Read(t, Kind(), options, image.Host(t)); err == nil || values != nil {
		t.Errorf("all reads fail: %v, %v", values, err)
	}
	h := board().Host(t)
	d, err := Kind().Bind(options)
	if err != nil {
		t.Fatal(err)
	}
	r, err := d.Open(t.Context(), h)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(h.Path(class, "hwmon4", "name"), []byte("nvme\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	if values, err := r.Read(t.Context()); err == nil || values != nil || !strings.Contains(err.Error(), "is nvme now") {
		t.Errorf("the number went to another chip: %v, %v", values, err)
	}
	if err := os.RemoveAll(h.Path(class, "hwmon4")); err != nil {
		t.Fatal(err)
	}
	if values, err := r.Read(t.Context()); !errors.Is(err, sysfs.ErrGone) || values != nil {
		t.Errorf("unplugged: %v, %v", values, err)
	}
	if _, err := d.Open(t.Context(), h); !errors.Is(err, sysfs.ErrGone) {
		t.Errorf("open without it: %v", err)
	}
}

func TestTwoOfOneName(t *testing.T) {
	image := sysfstest.Image{Files: map[string]string{
		"sys/class/hwmon/hwmon0/name": "lm75\n", "sys/class/hwmon/hwmon0/temp1_input": "20000\n",
		"sys/class/hwmon/hwmon1/name": "lm75\n", "sys/class/hwmon/hwmon1/temp1_input": "30000\n",
		"sys/class/hwmon/hwmon2/name": "empty\n",
	}}
	h := image.Host(t)
	for folder, place := range map[string]string{"hwmon0": "1-0048", "hwmon1": "1-0049"} {
		if err := os.Symlink(filepath.Join("../../../devices", place), h.Path(class, folder, "device")); err != nil {
			t.Fatal(err)
		}
	}
	for options, want := range map[string]any{
		`{"name":"lm75"}`:                   "choose by their place: 1-0048, 1-0049",
		`{"name":"lm75","device":"1-0049"}`: 30.0,
		`{"name":"hwmon0"}`:                 20.0,
		`{"name":"bme280"}`:                 "there are lm75, lm75, empty",
		`{"name":"empty"}`:                  "has no sensor",
		`{"name":"lm75","device":"1-004f"}`: "is not there",
	} {
		_, values, err := sysfstest.Read(t, Kind(), json.RawMessage(options), h)
		if v, ok := want.(float64); ok && (err != nil || values[0] != v) {
			t.Errorf("%s: %v, %v", options, values, err)
		}
		if text, ok := want.(string); ok && (err == nil || values != nil || !strings.Contains(err.Error(), text)) {
			t.Errorf("%s: %v, %v; want %q", options, values, err, text)
		}
	}
	found, err := Kind().Discover(t.Context(), h)
	if err != nil || len(found) != 2 {
		t.Fatalf("%+v, %v", found, err)
	}
	for i, f := range found {
		if _, values, err := sysfstest.Read(t, Kind(), f.Options, h); err != nil || values[0] != float64(20+10*i) {
			t.Errorf("%s: %v, %v", f.Options, values, err)
		}
	}
	if found, err := Kind().Discover(t.Context(), host.Host{Root: t.TempDir()}); err != nil || found != nil {
		t.Errorf("nothing there: %v, %v", found, err)
	}
}

func TestOptions(t *testing.T) {
	for _, options := range []string{`{}`, `{"name":""}`, `{"name":"../../../etc"}`, `{"name":"a","device":"../x"}`, `{"chip":"lm75"}`} {
		if _, err := Kind().Bind(json.RawMessage(options)); err == nil {
			t.Errorf("%s was taken", options)
		}
	}
}
