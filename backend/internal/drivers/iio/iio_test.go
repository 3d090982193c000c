package iio

import (
	"encoding/json"
	"errors"
	"math"
	"os"
	"strings"
	"testing"

	"hypha/internal/drivers/sysfs"
	"hypha/internal/drivers/sysfs/sysfstest"
	"hypha/internal/host"
	"hypha/internal/input"
)

func TestImages(t *testing.T) { sysfstest.Play(t, Kind()) }

// TestUnits has the kernel's units on the one side and ours on the other.
func TestUnits(t *testing.T) {
	for _, c := range []struct {
		files string // name=content ...
		want  string // of the one channel, as key quantity unit
		v     float64
	}{
		{"in_temp_raw=2000 in_temp_offset=-500 in_temp_scale=15.625", "in_temp temperature C", 23.4375},
		{"in_temp_object_raw=14850 in_temp_object_scale=20 in_temp_object_offset=-13657.5", "in_temp_object temperature C", 23.85},
		{"in_humidityrelative_input=52300", "in_humidityrelative humidity percent", 52.3},
		{"in_pressure_raw=4052480 in_pressure_scale=0.00025", "in_pressure pressure Pa", 1_013_120},
		{"in_illuminance_input=312.5", "in_illuminance light lux", 312.5},
		{"in_concentration_co2_raw=851 in_concentration_co2_scale=0.0001", "in_concentration_co2 co2 ppm", 851},
		{"in_concentration_voc_input=0.0000125", "in_concentration_voc voc ppb", 125},
		{"in_massconcentration_pm2p5_input=12.5", "in_massconcentration_pm2p5 particulate_matter_2_5 ug_m3", 12.5},
		{"in_ph_raw=7012 in_ph_scale=0.001", "in_ph ion_concentration pH", 7.012},
		{"in_electricalconductivity_raw=1413 in_electricalconductivity_scale=0.0001", "in_electricalconductivity electrical_conductivity uS_cm", 1413},
		{"in_voltage3_raw=1000 in_voltage_scale=0.125", "in_voltage3 electrical_potential V", 0.125},
		{"in_voltage0-voltage1_raw=-200 in_voltage-voltage_scale=0.5 in_voltage_scale=9", "in_voltage0-voltage1 electrical_potential V", -0.1},
		{"in_voltage3_raw=1000 in_voltage3_scale=0.5 in_voltage_scale=0.125", "in_voltage3 electrical_potential V", 0.5},
		{"in_current1_input=1500", "in_current1 electrical_current A", 1.5},
		{"in_power1_raw=100 in_power1_scale=25", "in_power1 power W", 2.5},
		{"in_temp_raw=1 in_temp_scale=1000 in_temp_input=21000", "in_temp temperature C", 21},
	} {
		image := sysfstest.Image{Files: map[string]string{devices + "/iio:device0/name": "chip\n"}}
		for f := range strings.FieldsSeq(c.files) {
			name, content, _ := strings.Cut(f, "=")
			image.Files[devices+"/iio:device0/"+name] = content + "\n"
		}
		channels, values, err := sysfstest.Read(t, Kind(), json.RawMessage(`{"device":"chip"}`), image.Host(t))
		if err != nil || len(values) != 1 {
			t.Errorf("%s: %v, %v", c.files, values, err)
			continue
		}
		got := strings.Join([]string{channels[0].Name, string(channels[0].Quantity), string(channels[0].Unit)}, " ")
		if got != c.want || math.Abs(values[0]-c.v) > 1e-9*math.Abs(c.v) {
			t.Errorf("%s: %s %v, want %s %v", c.files, got, values[0], c.want, c.v)
		}
	}
}

func twoAlike() sysfstest.Image {
	return sysfstest.Image{Files: map[string]string{
		devices + "/iio:device0/name":            "ads1015\n",
		devices + "/iio:device0/label":           "tank\n",
		devices + "/iio:device0/in_voltage0_raw": "100\n", devices + "/iio:device0/in_voltage10_raw": "200\n",
		devices + "/iio:device0/in_voltage2_raw": "300\n", devices + "/iio:device0/in_voltage2_label": "level\n",
		devices + "/iio:device0/in_voltage_scale": "2\n", devices + "/iio:device0/in_voltage_scale_available": "1 2\n",
		devices + "/iio:device0/in_intensity_both_raw": "5\n", devices + "/iio:device0/in_temp_raw": "5\n", // no unit, no scale
		devices + "/iio:device1/name":            "ads1015\n",
		devices + "/iio:device1/in_voltage0_raw": "1\n", devices + "/iio:device1/in_voltage_scale": "2\n",
		devices + "/iio:device2/name": "bme280\n", devices + "/iio:device2/in_temp_input": "21000\n", devices + "/iio:device2/in_pressure_input": "101\n",
		devices + "/trigger0/name": "sysfstrig0\n",
	}}
}

func TestOrderLabelsAndChoice(t *testing.T) {
	h := twoAlike().Host(t)
	channels, values, err := sysfstest.Read(t, Kind(), json.RawMessage(`{"device":"tank"}`), h)
	if err != nil || len(values) != 3 || values[0] != 0.2 || values[1] != 0.6 || values[2] != 0.4 || channels[1].Name != "level (in_voltage2)" {
		t.Errorf("%+v %v, %v", channels, values, err)
	}
	for options, want := range map[string]string{
		`{"device":"ads1015"}`:                     "choose one of iio:device0, iio:device1",
		`{"device":"sht4x"}`:                       "there are ads1015, ads1015, bme280",
		`{"device":"iio:device1","chip":"bme280"}`: "iio:device1 is ads1015, not bme280",
		`{"device":"trigger0"}`:                    "is not there",
	} {
		if _, values, err := sysfstest.Read(t, Kind(), json.RawMessage(options), h); err == nil || values != nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, %v; want %q", options, values, err, want)
		}
	}
	found, err := Kind().Discover(t.Context(), h)
	if err != nil || len(found) != 3 {
		t.Fatalf("%+v, %v", found, err)
	}
	for i, want := range []string{`{"device":"tank","chip":""}`, `{"device":"iio:device1","chip":"ads1015"}`, `{"device":"bme280","chip":""}`} {
		if string(found[i].Options) != want {
			t.Errorf("found %s, want %s", found[i].Options, want)
		}
	}
}

func TestADeadSensor(t *testing.T) {
	image := twoAlike()
	image.ReadErrors = map[string]string{devices + "/iio:device2/in_temp_input": "EREMOTEIO"}
	_, values, err := sysfstest.Read(t, Kind(), json.RawMessage(`{"device":"bme280"}`), image.Host(t))
	var failed input.ChannelErrors
	if !errors.As(err, &failed) || len(failed) != 1 || failed[0] == nil || values[1] != 101_000 {
		t.Errorf("one of two fails: %v, %v", values, err)
	}
	image.ReadErrors[devices+"/iio:device2/in_pressure_input"] = "EIO"
	if _, values, err := sysfstest.Read(t, Kind(), json.RawMessage(`{"device":"bme280"}`), image.Host(t)); err == nil || values != nil {
		t.Errorf("both fail: %v, %v", values, err)
	}
	image.ReadErrors = map[string]string{devices + "/iio:device0/in_voltage_scale": "EIO"}
	if _, values, err := sysfstest.Read(t, Kind(), json.RawMessage(`{"device":"tank"}`), image.Host(t)); err == nil || values != nil {
		t.Errorf("no scale: %v, %v", values, err)
	}
	h := twoAlike().Host(t)
	d, err := Kind().Bind(json.RawMessage(`{"device":"bme280"}`))
	if err != nil {
		t.Fatal(err)
	}
	r, err := d.Open(t.Context(), h)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll(h.Path(devices, "iio:device2")); err != nil {
		t.Fatal(err)
	}
	if values, err := r.Read(t.Context()); !errors.Is(err, sysfs.ErrGone) || values != nil {
		t.Errorf("unplugged: %v, %v", values, err)
	}
	if found, err := Kind().Discover(t.Context(), host.Host{Root: t.TempDir()}); err != nil || found != nil {
		t.Errorf("nothing there: %v, %v", found, err)
	}
}

func TestOptions(t *testing.T) {
	for _, options := range []string{`{}`, `{"device":""}`, `{"device":"../../x"}`, `{"name":"bme280"}`} {
		if _, err := Kind().Bind(json.RawMessage(options)); err == nil {
			t.Errorf("%s was taken", options)
		}
	}
}
