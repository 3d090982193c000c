package remote

import (
	"encoding/json"
	"testing"
)

// FuzzRecord has records changed at will: what is read is whole, or an error.
func FuzzRecord(f *testing.F) {
	record, _ := appendRecord(nil, some(1_700_000_000_000, 5), map[series]uint64{})
	f.Add(record)
	f.Add(record[:20])
	f.Fuzz(func(t *testing.T, b []byte) {
		n := int64(0)
		if _, err := parseRecord(b, nil, func(sample) { n++ }); err == nil {
			if h, _ := parseHeader(b); h.count != n {
				t.Errorf("%d samples, the header says %d", n, h.count)
			}
		}
		// The same with a checksum that fits: what a fault of the program might write.
		if h, ok := parseHeader(b); ok && h.size <= int64(len(b)) && h.count < 1000 {
			sum := recordSum(b[:h.size])
			b[8], b[9], b[10], b[11] = byte(sum), byte(sum>>8), byte(sum>>16), byte(sum>>24)
			_, _ = parseRecord(b, nil, func(sample) {})
		}
	})
}

// FuzzPoint has points of answers changed at will.
func FuzzPoint(f *testing.F) {
	for _, text := range []string{`[1435781430.781,"1"]`, `[1.5e9, "+Inf"]`, `[1435781430,"NaN"]`, `[,]`, `{}`} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(_ *testing.T, b []byte) {
		var p point
		_ = json.Unmarshal(b, &p)
	})
}

func TestPointsKeepTheirMilliseconds(t *testing.T) {
	for text, want := range map[string]point{
		`[1435781430.781,"1"]`: {1435781430781, 1}, `[1435781430.7,"-2.5"]`: {1435781430700, -2.5}, `[0.001, "1e300"]`: {1, 1e300},
		`[1435781430,"0"]`: {1435781430000, 0}, `[1.435781430781e9,"3"]`: {1435781430781, 3},
	} {
		var got point
		if err := json.Unmarshal([]byte(text), &got); err != nil || got != want {
			t.Errorf("%s: %+v, %v; want %+v", text, got, err, want)
		}
	}
}
