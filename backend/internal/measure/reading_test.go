package measure_test

import (
	"encoding/json"
	"testing"

	"hypha/internal/measure"
)

func TestQualityNamesAreThoseOfTheContract(t *testing.T) {
	usable := map[string]bool{"good": true, "substituted": true}
	for i, name := range []string{"good", "stale", "out_of_range", "rejected", "substituted", "calibrating"} {
		q := measure.Quality(i)
		text, err := json.Marshal(q)
		if err != nil || string(text) != `"`+name+`"` || q.String() != name {
			t.Errorf("quality %d: %s, %v; want %q", i, text, err, name)
		}
		var back measure.Quality
		if err := json.Unmarshal(text, &back); err != nil || back != q {
			t.Errorf("%s came back as %v, %v", text, back, err)
		}
		if q.Usable() != usable[name] {
			t.Errorf("%s usable: %v", name, q.Usable())
		}
	}
}

func TestUnknownQuality(t *testing.T) {
	q := measure.Rejected
	for _, text := range []string{"", "Good", "good ", "bad"} {
		if err := q.UnmarshalText([]byte(text)); err == nil || q != measure.Rejected {
			t.Errorf("%q became %v, %v", text, q, err)
		}
	}
	if _, err := measure.Quality(6).MarshalText(); err == nil || measure.Quality(6).String() != "quality(6)" {
		t.Errorf("quality 6: %v, %v", measure.Quality(6), err)
	}
	if measure.Quality(6).Usable() {
		t.Error("an unknown quality is usable")
	}
}
