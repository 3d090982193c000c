package app

import (
	"testing"
	"time"
)

func TestZoneName(t *testing.T) {
	t.Setenv("TZ", "Asia/Tokyo")
	if got := zoneName("Europe/Berlin"); got != "Europe/Berlin" {
		t.Errorf("the configured zone became %q", got)
	}
	if got := zoneName(""); got != "Asia/Tokyo" {
		t.Errorf("the zone of the environment became %q", got)
	}
	t.Setenv("TZ", "no/such/zone")
	if got := zoneName(""); got != "" {
		if _, err := time.LoadLocation(got); err != nil {
			t.Errorf("%q is no zone", got)
		}
	}
}
