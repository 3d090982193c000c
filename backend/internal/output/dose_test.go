package output

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

func pump(l Limits) ChannelConfig { return ChannelConfig{Type: Volume, Limits: l} }

func TestADoseIsWrittenDownBeforeItIsGiven(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		u := r.run(t, pump(Limits{}))
		r.set(func() { r.diary = nil })
		u.drive(t, 0, cmd(volume(5)))
		if got, want := r.entries()[:3], []string{"dose 0 5 ml", "save 0 5 ml", "write 0 5 ml"}; !slices.Equal(got, want) {
			t.Errorf("the order was %q, want %q", got, want)
		}
		r.set(func() { r.saving = errDiskFull; r.diary = nil })
		if _, err := u.Drive(t.Context(), 0, cmd(volume(5)), maya()); err == nil || len(r.entries("write")) > 0 {
			t.Errorf("a dose that cannot be written down: %v, %q", err, r.entries())
		}
		u.crash()
	})
}

func TestVolumesAreLimitedOverRestarts(t *testing.T) {
	dose := func(t *testing.T, u *running, ml float64, ok bool) {
		t.Helper()
		_, err := u.Drive(t.Context(), 0, cmd(volume(ml)), maya())
		if ok && err != nil {
			t.Errorf("%g ml: %v", ml, err)
		}
		if !ok {
			wantField(t, err, "volume_ml")
		}
	}
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		limited := pump(Limits{VolumePerDose: new(5.0), VolumePerHour: new(10.0), VolumePerDay: new(15.0)})
		u := r.run(t, limited)
		dose(t, u, 5.01, false)
		dose(t, u, 5, true)
		later(30 * time.Minute)
		u.crash()
		u = r.run(t, limited)
		dose(t, u, 5, true)
		dose(t, u, 0.1, false)
		u.drive(t, 0, cmd(volume(0))) // to stop is always allowed
		later(30*time.Minute - time.Second)
		dose(t, u, 0.1, false)
		later(time.Second)
		dose(t, u, 5, true) // the first does not count any more
		later(2 * time.Hour)
		dose(t, u, 0.1, false) // 15 ml within the day
		later(21 * time.Hour)
		u.crash()
		u = r.run(t, limited)
		dose(t, u, 5, true)
		u.crash()
	})
	t.Run("tenths add up to what they say", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			u := newRig().run(t, pump(Limits{VolumePerHour: new(1.0)}))
			for range 10 {
				dose(t, u, 0.1, true)
			}
			dose(t, u, 0.01, false)
			u.crash()
		})
	})
	t.Run("a dose that the device refused counts", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			r := newRig()
			u := r.run(t, pump(Limits{VolumePerHour: new(5.0)}))
			r.set(func() { r.refuses[0] = errNoAnswer })
			_, _ = u.Drive(t.Context(), 0, cmd(volume(5)), maya())
			r.set(func() { delete(r.refuses, 0) })
			later(time.Minute)
			dose(t, u, 1, false)
			u.crash()
		})
	})
	t.Run("nothing is dosed while the past is not known", func(t *testing.T) {
		synctest.Test(t, func(t *testing.T) {
			r := newRig()
			r.loading = errDiskFull
			u := r.run(t, pump(Limits{}))
			if _, err := u.Drive(t.Context(), 0, cmd(volume(1)), maya()); err == nil || !strings.Contains(err.Error(), "not known") {
				t.Errorf("dosed without a past: %v", err)
			}
			r.set(func() { r.loading = nil })
			dose(t, u, 1, true)
			u.crash()
		})
	})
}

func TestAnInterruptedDoseIsNotRepeated(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		r.rate = 1
		u := r.run(t, pump(Limits{}))
		s := u.drive(t, 0, cmd(volume(60)))
		if s.EndsAt == nil || time.Until(*s.EndsAt) != time.Minute {
			t.Errorf("a dose of a minute: %+v", s)
		}
		_, err := u.Drive(t.Context(), 0, cmd(volume(1)), maya())
		wantField(t, err, "volume_ml")
		later(20 * time.Second)
		u.crash()
		r.set(func() { r.diary = nil })
		u = r.run(t, pump(Limits{}))
		if s := u.States()[0]; *s.VolumeML != 0 || !strings.Contains(s.Reason, "is lost") {
			t.Errorf("after the crash: %+v", s)
		}
		later(time.Hour)
		if got := r.entries("dose", "write 0 60"); len(got) > 0 {
			t.Errorf("after the crash it did %q", got)
		}
		u.drive(t, 0, cmd(volume(30)))
		later(30 * time.Second)
		wantLevel(t, r, 0, volume(0), "after the dose")
		u.crash()
	})
}

func TestADoseOfAFunctionIsGivenOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		r := newRig()
		r.rate = 1
		u := r.run(t, pump(Limits{}))
		u.as(t, fn("function/1", 0), leased(volume(5), time.Minute))
		u.outrankedBy(t, "function/1", fn("function/2", -1), cmd(volume(7)))
		u.as(t, maya(), cmd(volume(0)))
		wantDriver(t, u, "user:maya", "function/1")
		later(2 * time.Hour)
		if got := r.entries("dose"); !slices.Equal(got, []string{"dose 0 5 ml"}) {
			t.Errorf("dosed %q", got)
		}
		u.crash()
	})
}
