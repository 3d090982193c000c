package output

import (
	"math"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func TestWhatAChannelRunsIsCounted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		lamp := ChannelConfig{Type: PWM, Guard: Guard{PowerW: 200, Maintenance: &Maintenance{Hours: new(2.0)}}}
		u := r.run(t, lamp, pump(Limits{}))
		u.drive(t, 0, cmd(duty(50)))
		later(time.Hour)
		u.drive(t, 0, cmd(duty(0)))
		later(time.Hour)
		u.drive(t, 0, Command{Level: duty(100), Duration: 30 * time.Minute})
		u.drive(t, 1, cmd(volume(12)))
		later(time.Hour)
		near := func(got, want float64, what string) {
			t.Helper()
			if math.Abs(got-want) > 1e-6 {
				t.Errorf("%s: %g, want %g", what, got, want)
			}
		}
		c := u.Tallies()
		near(c[0].OnS, 5400, "seconds on")
		near(c[0].EnergyWh, 200, "energy")
		near(float64(c[0].Cycles), 2, "cycles")
		near(c[1].VolumeML, 12, "volume")
		if saves := r.tallied; saves > 95 {
			t.Errorf("written down %d times in 90 minutes on", saves)
		}
		u.crash()
		u = r.run(t, lamp, pump(Limits{}))
		c = u.Tallies()
		near(c[0].OnS, 5400, "seconds on after a crash")
		near(c[1].VolumeML, 12, "volume after a crash")
		u.drive(t, 0, cmd(duty(1)))
		later(2 * time.Hour)
		if got := r.told0(); !slices.Equal(got, []string{"maintenance"}) || !u.ServiceDue(0) {
			t.Errorf("alerts %q", got)
		}
		if err := u.Serviced(t.Context(), 0); err != nil {
			t.Fatal(err)
		}
		if u.ServiceDue(0) {
			t.Error("still due after the service")
		}
		u.crash()
	})
}
