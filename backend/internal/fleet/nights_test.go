package fleet

import (
	"testing"
	"time"

	"hypha/internal/function"
)

func TestNights(t *testing.T) {
	at := func(text string) time.Time {
		when, err := time.Parse(time.RFC3339, text)
		if err != nil {
			t.Fatal(err)
		}
		return when
	}
	for _, tt := range []struct {
		name     string
		latitude float64
		from, to string
		want     int
		hours    float64 // of the first
	}{
		{"a day between two nights", 0, "2026-03-20T08:00:00Z", "2026-03-20T15:00:00Z", 0, 0},
		{"two nights and the one that is ending", 0, "2026-03-20T01:00:00Z", "2026-03-22T03:00:00Z", 3, 11.9},
		{"a week of winter", 52, "2026-12-20T12:00:00Z", "2026-12-27T12:00:00Z", 7, 16.3},
		{"the polar night is one", 75, "2026-12-01T12:00:00Z", "2026-12-20T12:00:00Z", 1, 24 * 95},
		{"the polar day has none", 75, "2026-06-10T12:00:00Z", "2026-06-20T12:00:00Z", 0, 0},
	} {
		t.Run(tt.name, func(t *testing.T) {
			f := &Fleet{cfg: Config{Place: function.Place{Latitude: tt.latitude, Zone: time.UTC}, HasPlace: true}}
			nights, ok := f.Nights(at(tt.from), at(tt.to))
			if !ok || len(nights) != tt.want {
				t.Fatalf("got %d nights, %v: %v", len(nights), ok, nights)
			}
			if tt.want == 0 {
				return
			}
			hours := time.Time(nights[0].To).Sub(time.Time(nights[0].From)).Hours()
			if hours < tt.hours*0.95 || hours > tt.hours*1.05 {
				t.Errorf("the first has %.1f hours", hours)
			}
			for i := range nights[1:] {
				if !time.Time(nights[i].To).Before(time.Time(nights[i+1].From)) {
					t.Errorf("night %d runs into the next", i)
				}
			}
		})
	}
	if _, ok := (&Fleet{}).Nights(at("2026-01-01T00:00:00Z"), at("2026-01-02T00:00:00Z")); ok {
		t.Error("without a place nothing is known")
	}
}
