package output

import (
	"encoding/json"
	"math"
	"strings"
	"testing"
)

func TestALevelFitsItsChannelsTypeOnly(t *testing.T) {
	for _, c := range []struct {
		level Level
		t     ChannelType
		field string // of the fault; "" = fits
	}{
		{on(), OnOff, ""},
		{off(), OnOff, ""},
		{duty(0), PWM, ""},
		{duty(100), PWM, ""},
		{volume(5), Volume, ""},
		{value(-3), Value, ""},
		{Level{}, OnOff, "on"},
		{Level{}, Value, "value"},
		{duty(40), OnOff, "duty"},
		{on(), PWM, "on"},
		{Level{On: new(true), Duty: new(40.0)}, PWM, "on"},
		{Level{On: new(true), Duty: new(40.0)}, OnOff, "duty"},
		{Level{On: new(true), Duty: new(1.0), VolumeML: new(1.0), Value: new(1.0)}, Value, "on"},
		{duty(-1), PWM, "duty"},
		{duty(100.1), PWM, "duty"},
		{duty(math.NaN()), PWM, "duty"},
		{volume(-1), Volume, "volume_ml"},
		{volume(math.Inf(1)), Volume, "volume_ml"},
		{value(math.NaN()), Value, "value"},
		{value(math.Inf(-1)), Value, "value"},
	} {
		err := c.level.Check(c.t, "")
		if c.field == "" {
			if err != nil {
				t.Errorf("%s on %s: %v", c.level, c.t, err)
			}
			continue
		}
		wantField(t, err, c.field)
		wantField(t, c.level.Check(c.t, "channels[2].safe"), "channels[2].safe."+c.field)
	}
}

func TestLimitsAreCheckedInAFixedOrder(t *testing.T) {
	bad := Limits{MaxOnS: new(-1.0), MinOnS: new(0.0), MinOffS: new(1e9), DutyMin: new(101.0), DutyMax: new(-1.0), ValueMin: new(1.0)}
	want := bad.Check(PWM, "limits").Error()
	for range 20 {
		if got := bad.Check(PWM, "limits").Error(); got != want {
			t.Fatalf("the same limits gave %q, then %q", want, got)
		}
	}
	for n, field := range []string{"max_on_s", "min_on_s", "min_off_s", "duty_min", "duty_max", "value_min"} {
		at := strings.Index(want, "limits."+field)
		if at < 0 {
			t.Errorf("%q is not named in %q", field, want)
		}
		if n == 0 && at != 0 {
			t.Errorf("max_on_s does not come first in %q", want)
		}
	}
}

func TestLimitsMustMakeSense(t *testing.T) {
	for _, c := range []struct {
		limits Limits
		t      ChannelType
		field  string
	}{
		{Limits{MaxOnS: new(60.0), MinOnS: new(10.0), MinOffS: new(10.0)}, OnOff, ""},
		{Limits{DutyMin: new(20.0), DutyMax: new(80.0), MaxOnS: new(60.0)}, PWM, ""},
		{Limits{ValueMin: new(-1.0), ValueMax: new(1.0)}, Value, ""},
		{Limits{MaxOnS: new(60.0)}, Value, "max_on_s"},
		{Limits{MinOffS: new(60.0)}, Volume, "min_off_s"},
		{Limits{DutyMax: new(60.0)}, OnOff, "duty_max"},
		{Limits{ValueMax: new(60.0)}, PWM, "value_max"},
		{Limits{DutyMin: new(80.0), DutyMax: new(20.0)}, PWM, "duty_min"},
		{Limits{ValueMin: new(2.0), ValueMax: new(1.0)}, Value, "value_min"},
		{Limits{MinOnS: new(61.0), MaxOnS: new(60.0)}, OnOff, "min_on_s"},
		{Limits{ValueMin: new(math.NaN())}, Value, "value_min"},
	} {
		err := c.limits.Check(c.t, "")
		if c.field == "" {
			if err != nil {
				t.Errorf("%+v on %s: %v", c.limits, c.t, err)
			}
			continue
		}
		wantField(t, err, c.field)
	}
}

func TestARestingLevelIsKeepOrALevel(t *testing.T) {
	for text, want := range map[string]Resting{
		`"keep"`:        {Keep: true},
		`{"on":false}`:  {Level: off()},
		`{"duty":12.5}`: {Level: duty(12.5)},
	} {
		var got Resting
		if err := json.Unmarshal([]byte(text), &got); err != nil || got.Keep != want.Keep || !got.Equal(want.Level) {
			t.Errorf("%s is %+v, %v", text, got, err)
		}
		if back, err := json.Marshal(got); err != nil || string(back) != text {
			t.Errorf("%s comes back as %s, %v", text, back, err)
		}
	}
	for _, text := range []string{`"hold"`, `true`, `{"on":"yes"}`, `{"of":false}`, `[]`} {
		if err := json.Unmarshal([]byte(text), new(Resting)); err == nil {
			t.Errorf("%s is taken for a level", text)
		}
	}
}

func TestOnlyWhatActsIsActive(t *testing.T) {
	for _, l := range []Level{on(), duty(0.1), volume(1), value(0), value(-5)} {
		if !l.Active() {
			t.Errorf("%s is not active", l)
		}
	}
	for _, l := range []Level{off(), duty(0), volume(0), {}} {
		if l.Active() {
			t.Errorf("%s is active", l)
		}
	}
}

func TestOffFitsEveryTypeThatHasOne(t *testing.T) {
	for _, c := range []struct {
		level Level
		t     ChannelType
		want  Level
	}{
		{off(), OnOff, off()},
		{off(), PWM, duty(0)},
		{off(), Volume, volume(0)},
		{off(), Value, off()}, // which is refused: a value has no off
		{on(), PWM, on()},     // how much would that be?
		{duty(40), PWM, duty(40)},
		{Level{On: new(false), Duty: new(40.0)}, PWM, Level{On: new(false), Duty: new(40.0)}},
	} {
		if got := c.level.For(c.t); !got.Equal(c.want) {
			t.Errorf("%s for %s is %s, want %s", c.level, c.t, got, c.want)
		}
	}
}

func TestWhatIsNoLevelIsToldWithoutGo(t *testing.T) {
	for text, want := range map[string]string{
		`5`:                          "is no level",
		`{"on":"yes"}`:               "is no level",
		`{"on":true,"duration_s":5}`: `"duration_s" is no part of a level`,
		`"off"`:                      `"off" is no level`,
	} {
		var r Resting
		err := json.Unmarshal([]byte(text), &r)
		if err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "Go ") || strings.Contains(err.Error(), "json:") {
			t.Errorf("%s: %v, want %s", text, err, want)
		}
	}
}
