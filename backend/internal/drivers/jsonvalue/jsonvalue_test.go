package jsonvalue

import (
	"strings"
	"testing"
)

const document = `{"air":{"temp":"21.5","broken":null,"key with space":4,"a.b":5,"it's":6},"door":true,"lux":[3,1200,4],
	"huge":1e999,"DS18B20-1":{"Temperature":21.2},"list":[{"main":{"temp":7}}],"unit":"21.5 °C","$x":8}`

func TestFind(t *testing.T) {
	doc, err := Decode([]byte(document))
	if err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]any{
		"$.air.temp": 21.5, "air.temp": 21.5, ".air.temp": 21.5, " air.temp ": 21.5, `["air"]["temp"]`: 21.5, `$['air'].temp`: 21.5,
		`air["key with space"]`: 4.0, `air.key with space`: 4.0, `air['a.b']`: 5.0, `air['it\'s']`: 6.0, "lux[1]": 1200.0, "$.lux[-1]": 4.0,
		"DS18B20-1.Temperature": 21.2, "list[0].main.temp": 7.0, `["$x"]`: 8.0,
		"air.gone": `air has no "gone"`, "nothing.here": `the JSON has no "nothing"`, "lux[3]": "lux has 3 elements, there is none at [3]",
		"lux[-4]": "none at [-4]", "air[0]": "air is an object, not a list", "lux.x": `lux is a list, which has no "x"`,
		"air.broken": "is null", "air": "is an object", "lux": "is a list", "door": "is true, not a number", "huge": "too large",
		"unit": `is "21.5 °C", not a number`, "$": "is an object",
	} {
		p, err := ParsePath(path)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		got := 0.0
		found, err := p.Find(doc)
		if err == nil {
			got, err = Number(found, false)
		}
		if text, failing := want.(string); failing {
			if err == nil || !strings.Contains(err.Error(), text) {
				t.Errorf("%s: got %v, %v; want the error %q", path, got, err, text)
			}
		} else if err != nil || got != want {
			t.Errorf("%s: got %v, %v; want %v", path, got, err, want)
		}
	}
}

func TestBadPaths(t *testing.T) {
	for path, want := range map[string]string{
		"": "empty", "a..b": "one value", "$..b": "one value", "a.*": "one value", "a[*]": "one value", "a[0:2]": "one value",
		"a[?(@.x)]": "one value", "a.": "name is missing", "a[": "] is missing", "a[x]": "neither a number", `a["x`: "not closed",
		`a["x"`: "] is missing", "a]": "in quotes", "$a": "a dot is missing", "a[0]b": "a dot is missing", `a."b"`: "in quotes",
	} {
		if _, err := ParsePath(path); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q", path, err, want)
		}
	}
}

func TestText(t *testing.T) {
	for text, want := range map[string]float64{
		"21.5": 21.5, "-5e-1": -0.5, " 7 ": 7, "+3": 3, ".5": 0.5, "5.": 5, "1E3": 1000, "007": 7,
	} {
		if got, err := Text(text, false); err != nil || got != want {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{
		"", " ", "on", "NaN", "inf", "-Infinity", "0x10", "1_000", "21,5", "21.5 °C", "21.5C", "None", "unavailable", "--1", "1e", ".", "e5",
		"1e999", "٣", "1 2", "\x00", "\xff\xfe",
	} {
		if got, err := Text(text, false); err == nil || got != 0 {
			t.Errorf("%q was taken for %v", text, got)
		}
	}
	for text, want := range map[string]float64{"ON": 1, "off": 0, "True": 1, "false": 0, "yes": 1, "no": 0, "1": 1, "0": 0} {
		if got, err := Text(text, true); err != nil || got != want {
			t.Errorf("%q as a boolean: %v, %v", text, got, err)
		}
	}
	if _, err := Text("open", true); err == nil {
		t.Error("open was taken for a boolean")
	}
}

func TestDecode(t *testing.T) {
	for _, text := range []string{"", "<html>", "{} {}", "{", "[1,]", "nul", strings.Repeat("[", 100_000)} {
		if _, err := Decode([]byte(text)); err == nil || !strings.Contains(err.Error(), "not JSON") {
			t.Errorf("%.20q: %v", text, err)
		}
	}
}

func FuzzPath(f *testing.F) {
	for _, p := range []string{"$.a.b", `a["x"][0]`, "[-1]", "$"} {
		f.Add(p, document)
	}
	f.Fuzz(func(_ *testing.T, path, text string) {
		p, err := ParsePath(path)
		if err != nil {
			return
		}
		if doc, err := Decode([]byte(text)); err == nil {
			if v, err := p.Find(doc); err == nil {
				_, _ = Number(v, true)
			}
		}
	})
}
