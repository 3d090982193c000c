package w1therm

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"hypha/internal/drivers/sysfs"
	"hypha/internal/drivers/sysfs/sysfstest"
	"hypha/internal/host"
	"hypha/internal/input"
)

func TestImages(t *testing.T) { sysfstest.Play(t, Kinds()...) }

// pad writes w1_slave as the kernel does, with a right CRC.
func pad(bytes [8]byte, milli int) string {
	sum := crc(bytes[:])
	text := strings.TrimSpace(fmt.Sprintf("% x %02x", bytes[:], sum))
	return fmt.Sprintf("%s : crc=%02x YES\n%s t=%d\n", text, sum, text, milli)
}

func TestScratchpads(t *testing.T) {
	for name, c := range map[string]struct {
		family, text string
		want         any // °C or part of the error
	}{
		"-55, the lowest of the data sheet":  {"28", pad([8]byte{0x90, 0xfc, 0x4b, 0x46, 0x7f, 0xff, 0x10, 0x10}, -55000), -55.0},
		"-0.5":                               {"28", pad([8]byte{0xf8, 0xff, 0x4b, 0x46, 0x7f, 0xff, 0x08, 0x10}, -500), -0.5},
		"a true zero":                        {"28", pad([8]byte{0x00, 0x00, 0x4b, 0x46, 0x7f, 0xff, 0x10, 0x10}, 0), 0.0},
		"a true 85":                          {"28", pad([8]byte{0x50, 0x05, 0x4b, 0x46, 0x7f, 0xff, 0x10, 0x10}, 85000), 85.0},
		"power on":                           {"28", pad([8]byte{0x50, 0x05, 0x4b, 0x46, 0x7f, 0xff, 0x0c, 0x10}, 85000), "power-on value"},
		"power on, other alarm limits":       {"28", pad([8]byte{0x50, 0x05, 0x55, 0x00, 0x7f, 0xff, 0x0c, 0x10}, 85000), "power-on value"},
		"power on of a DS18S20":              {"10", pad([8]byte{0xaa, 0x00, 0x4b, 0x46, 0xff, 0xff, 0x0c, 0x10}, 85000), "power-on value"},
		"zeros":                              {"28", pad([8]byte{}, 0), "nothing but zeros"},
		"nobody pulls the line down":         {"28", "ff ff ff ff ff ff ff ff ff : crc=c9 NO\nff ff ff ff ff ff ff ff ff t=-62\n", "CRC"},
		"the kernel says YES to a wrong CRC": {"28", "91 01 4b 46 7f ff 0f 10 00 : crc=00 YES\n91 01 4b 46 7f ff 0f 10 00 t=25062\n", "CRC"},
		"nothing":                            {"28", "", "no answer"},
		"one line":                           {"28", "91 01 4b 46 7f ff 0f 10 25 : crc=25 YES", "no answer"},
		"no temperature":                     {"28", "91 01 4b 46 7f ff 0f 10 25 : crc=25 YES\n91 01", "no answer"},
		"thermocouple":                       {"3b", pad([8]byte{0x4c, 0x06, 0x20, 0x19, 0xf0, 0xff, 0xff, 0xff}, 100750), 100.75},
		"thermocouple open":                  {"3b", pad([8]byte{0xfd, 0x7f, 0x21, 0x19, 0xf0, 0xff, 0xff, 0xff}, 2047750), "open"},
		"thermocouple at ground":             {"3b", pad([8]byte{0x01, 0x00, 0x22, 0x19, 0xf3, 0xff, 0xff, 0xff}, 0), "ground"},
		"thermocouple at supply":             {"3b", pad([8]byte{0x01, 0x00, 0x24, 0x19, 0xf0, 0xff, 0xff, 0xff}, 0), "supply"},
		"thermocouple at 85":                 {"3b", pad([8]byte{0x50, 0x05, 0x20, 0x19, 0xf0, 0xff, 0xff, 0xff}, 85000), 85.0},
		"DS1825":                             {"3b", pad([8]byte{0xa2, 0x00, 0x4b, 0x46, 0x73, 0xff, 0x0e, 0x10}, 10125), 10.125},
		"DS1825 power on":                    {"3b", pad([8]byte{0x50, 0x05, 0x4b, 0x46, 0x73, 0xff, 0x0c, 0x10}, 85000), "power-on value"},
	} {
		got, err := parse(c.family, strings.TrimSpace(c.text))
		switch want := c.want.(type) {
		case float64:
			if err != nil || got != want {
				t.Errorf("%s: %v, %v; want %v", name, got, err, want)
			}
		case string:
			if err == nil || got != 0 || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %v, %v; want the error %q", name, got, err, want)
			}
		}
	}
}

func kind(t *testing.T, id string) input.Kind {
	t.Helper()
	for _, k := range Kinds() {
		if k.ID == id {
			return k
		}
	}
	t.Fatalf("no kind %s", id)
	return input.Kind{}
}

func TestOnlyTheNewFile(t *testing.T) {
	for content, want := range map[string]any{"23125\n": 23.125, "-10125\n": -10.125, "85000\n": "power-on", "\n": "is empty", "warm\n": "not a number"} {
		h := sysfstest.Image{Files: map[string]string{devices + "/28-0316a2794cff/temperature": content}}.Host(t)
		_, values, err := sysfstest.Read(t, kind(t, "w1_therm"), json.RawMessage(`{"id":"28-0316a2794cff"}`), h)
		if v, ok := want.(float64); ok && (err != nil || values[0] != v) {
			t.Errorf("%q: %v, %v", content, values, err)
		}
		if text, ok := want.(string); ok && (err == nil || values != nil || !strings.Contains(err.Error(), text)) {
			t.Errorf("%q: %v, %v", content, values, err)
		}
	}
}

func TestUnpluggedWhileRunning(t *testing.T) {
	const id = "28-0316a2794cff"
	h := sysfstest.Image{Files: map[string]string{devices + "/" + id + "/w1_slave": pad([8]byte{0xf8, 0xff, 0x4b, 0x46, 0x7f, 0xff, 0x08, 0x10}, -500)}}.Host(t)
	d, err := kind(t, "ds18b20").Bind(json.RawMessage(`{"id":"` + id + `"}`))
	if err != nil {
		t.Fatal(err)
	}
	r, err := d.Open(t.Context(), h)
	if err != nil {
		t.Fatal(err)
	}
	if values, err := r.Read(t.Context()); err != nil || values[0] != -0.5 {
		t.Errorf("%v, %v", values, err)
	}
	if err := os.RemoveAll(h.Path(devices, id)); err != nil {
		t.Fatal(err)
	}
	if values, err := r.Read(t.Context()); !errors.Is(err, sysfs.ErrGone) || values != nil {
		t.Errorf("unplugged: %v, %v", values, err)
	}
	if r, err := d.Open(t.Context(), h); !errors.Is(err, sysfs.ErrGone) || r != nil {
		t.Errorf("open without it: %v, %v", r, err)
	}
}

func TestAnotherChipIsRefused(t *testing.T) {
	h := sysfstest.Image{Files: map[string]string{devices + "/28-0316a2794cff/w1_slave": ""}}.Host(t)
	if _, _, err := sysfstest.Read(t, kind(t, "max31850"), json.RawMessage(`{"id":"28-0316a2794cff"}`), h); err == nil || !strings.Contains(err.Error(), "family 28") {
		t.Errorf("%v", err)
	}
}

func TestDiscover(t *testing.T) {
	h := sysfstest.Image{Files: map[string]string{
		devices + "/28-0316a2794cff/name": "", devices + "/3b-0c9800a1b2c3/name": "", devices + "/w1_bus_master1/name": "",
		devices + "/26-000000000001/name": "", devices + "/00-400000000000/name": "", // another chip; a ghost of a bus without pull-up
	}}.Host(t)
	found, err := kind(t, "w1_therm").Discover(t.Context(), h)
	if err != nil || len(found) != 2 || found[0].Name != "DS18B20" || found[0].Detail != "28-0316a2794cff" {
		t.Fatalf("%+v, %v", found, err)
	}
	if found, err := kind(t, "w1_therm").Discover(t.Context(), host.Host{Root: t.TempDir()}); err != nil || found != nil {
		t.Errorf("no bus: %v, %v", found, err)
	}
}

func TestOptions(t *testing.T) {
	for options, good := range map[string]bool{
		`{"id":"28-0316a2794cff"}`: true, `{}`: false, `{"id":""}`: false, `{"id":"28-0316a2794cf"}`: false, `{"id":"../../../etc/pas"}`: false,
		`{"id":"28-0316A2794CFF"}`: false, `{"device":"28-0316a2794cff"}`: false,
	} {
		if _, err := kind(t, "w1_therm").Bind(json.RawMessage(options)); (err == nil) != good {
			t.Errorf("%s: %v", options, err)
		}
	}
}

func FuzzParse(f *testing.F) {
	f.Add("28", pad([8]byte{0x50, 0x05, 0x4b, 0x46, 0x7f, 0xff, 0x10, 0x10}, 85000))
	f.Add("3b", pad([8]byte{0x01, 0x00, 0x24, 0x19, 0xf0, 0xff, 0xff, 0xff}, 0))
	f.Fuzz(func(_ *testing.T, family, text string) { _, _ = parse(family, text) })
}
