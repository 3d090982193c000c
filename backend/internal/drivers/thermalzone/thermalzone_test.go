package thermalzone

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	"hypha/internal/drivers/sysfs"
	"hypha/internal/drivers/sysfs/sysfstest"
	"hypha/internal/host"
)

func TestImages(t *testing.T) { sysfstest.Play(t, Kind()) }

func TestWhatIsNoReading(t *testing.T) {
	image := sysfstest.Image{
		Files: map[string]string{
			"sys/class/thermal/thermal_zone0/type": "cpu-thermal\n", "sys/class/thermal/thermal_zone0/temp": "48312\n",
			"sys/class/thermal/thermal_zone1/type": "gpu\n", "sys/class/thermal/thermal_zone1/temp": "",
			"sys/class/thermal/thermal_zone2/temp": "0x10\n",
			"sys/class/thermal/thermal_zone3/temp": "1\n",
		},
		ReadErrors: map[string]string{"sys/class/thermal/thermal_zone3/temp": "EAGAIN"},
	}
	h := image.Host(t)
	for options, want := range map[string]string{
		`{}`: "", `{"type":"cpu-thermal"}`: "", `{"type":"gpu"}`: "is of the type cpu-thermal", `{"zone":1}`: "is empty",
		`{"zone":2}`: "not a number", `{"zone":3}`: "temporarily unavailable", `{"zone":4}`: "is not there",
	} {
		_, values, err := sysfstest.Read(t, Kind(), json.RawMessage(options), h)
		if want == "" && (err != nil || values[0] != 48.312) || want != "" && (err == nil || values != nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("%s: %v, %v; want %q", options, values, err, want)
		}
	}
	if _, _, err := sysfstest.Read(t, Kind(), json.RawMessage(`{}`), host.Host{Root: t.TempDir()}); !errors.Is(err, sysfs.ErrGone) {
		t.Errorf("no zones: %v", err)
	}
	if _, err := Kind().Bind(json.RawMessage(`{"zone":-1}`)); err == nil {
		t.Error("zone -1 was taken")
	}
}

func TestDiscover(t *testing.T) {
	h := sysfstest.Image{Files: map[string]string{
		"sys/class/thermal/thermal_zone0/type":   "cpu-thermal\n",
		"sys/class/thermal/thermal_zone12/type":  "soc_thermal\n",
		"sys/class/thermal/cooling_device0/type": "fan\n",
	}}.Host(t)
	found, err := Kind().Discover(t.Context(), h)
	if err != nil || len(found) != 2 || found[1].Name != "soc thermal" {
		t.Fatalf("%+v, %v", found, err)
	}
	for _, f := range found {
		if _, err := Kind().Bind(f.Options); err != nil {
			t.Errorf("%s: %v", f.Options, err)
		}
	}
	if found, err := Kind().Discover(t.Context(), host.Host{Root: t.TempDir()}); err != nil || found != nil {
		t.Errorf("no zones: %v, %v", found, err)
	}
}
