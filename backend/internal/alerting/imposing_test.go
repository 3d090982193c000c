package alerting

import (
	"context"
	"encoding/json"
	"errors"
	"testing"
	"time"

	"hypha/internal/fleet"
	"hypha/internal/option"
	"hypha/internal/output"
	"hypha/internal/settings"
)

// bank is a driver with one output of four channels.
type bank struct {
	out  fleet.Output
	told []output.Command
	by   string

	released []string
}

func (b *bank) Output(context.Context, int64) (fleet.Output, error) { return b.out, nil }

func (b *bank) DriveAs(_ context.Context, _ int64, channel int, c output.Command, cause output.Cause) (fleet.ChannelState, error) {
	if cause.Rank != output.SafetyRank {
		return fleet.ChannelState{}, errors.New("an alert must rank above functions")
	}
	b.told, b.by = append(b.told, c), cause.By
	b.out.States[channel].Level = c.Level
	return b.out.States[channel], nil
}

func (b *bank) ReleaseClaim(_ int64, _ int, by, _ string) { b.released = append(b.released, by) }

func newBank() *bank {
	ch := func(index int, t output.ChannelType, safe string) settings.OutputChannel {
		return settings.OutputChannel{Index: index, Type: string(t), Safe: json.RawMessage(safe)}
	}
	b := &bank{out: fleet.Output{Output: settings.Output{Channels: []settings.OutputChannel{
		ch(0, output.OnOff, ""), ch(1, output.PWM, `{"duty":20}`), ch(2, output.Value, ""), ch(3, output.Volume, "null"),
	}}}}
	b.out.States = make([]fleet.ChannelState, 4)
	return b
}

func TestAnOrderBecomesACommandWithALease(t *testing.T) {
	for name, c := range map[string]struct {
		o    Order
		want output.Level
	}{
		"stop, off by default":       {Order{Channel: 0, Do: Stop}, output.Level{On: new(false)}},
		"stop, to the safe state":    {Order{Channel: 1, Do: Stop}, output.Level{Duty: new(20.0)}},
		"stop, nothing dispensed":    {Order{Channel: 3, Do: Stop}, output.Level{VolumeML: new(0.0)}},
		"set":                        {Order{Channel: 1, Do: Set, Level: output.Level{Duty: new(55.0)}}, output.Level{Duty: new(55.0)}},
		"set off, whatever the type": {Order{Channel: 1, Do: Set, Level: output.Level{On: new(false)}}, output.Level{Duty: new(0.0)}},
	} {
		b := newBank()
		c.o.By, c.o.Lease = "alert/3", 30*time.Second
		if err := Imposing(b).Impose(t.Context(), c.o); err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := b.told[0]; !got.Equal(c.want) || got.Lease != 30*time.Second || got.Duration != 0 || b.by != "alert/3" {
			t.Errorf("%s: %+v by %s, want %s", name, got, b.by, c.want)
		}
	}
}

func TestHoldingKeepsWhatWasAtItsBeginning(t *testing.T) {
	b := newBank()
	o := Order{Channel: 1, Do: Hold}
	outputs := Imposing(b)
	if err := outputs.Impose(t.Context(), o); !errors.Is(err, errUnknownLevel) {
		t.Errorf("nobody knows what it does: %v", err)
	}
	b.out.States[1].Level = output.Level{Duty: new(40.0)}
	for _, meanwhile := range []float64{70, 10} {
		if err := outputs.Impose(t.Context(), o); err != nil {
			t.Fatal(err)
		}
		if got := b.told[len(b.told)-1]; *got.Duty != 40 {
			t.Errorf("held at %g %%, want 40", *got.Duty)
		}
		b.out.States[1].Level = output.Level{Duty: &meanwhile}
	}
	if err := outputs.Release(t.Context(), o); err != nil || len(b.released) != 1 {
		t.Fatal(err, b.released)
	}
	if err := outputs.Impose(t.Context(), o); err != nil || *b.told[len(b.told)-1].Duty != 10 {
		t.Errorf("another hold begins anew: %v, %s", err, b.told[len(b.told)-1])
	}
	b.out.States[3].Level = output.Level{VolumeML: new(5.0)}
	if err := outputs.Impose(t.Context(), Order{Channel: 3, Do: Hold}); !errors.Is(err, errUnknownLevel) {
		t.Errorf("a volume was dispensed again: %v", err)
	}
}

func TestWhatHasNoSafeStateSaysSo(t *testing.T) {
	b := newBank()
	var bad option.Errors
	if err := Imposing(b).Impose(t.Context(), Order{Channel: 2, Do: Stop}); !errors.As(err, &bad) || len(b.told) > 0 {
		t.Errorf("%v, %v", err, b.told)
	}
	if err := Imposing(b).Impose(t.Context(), Order{Channel: 9, Do: Stop}); !errors.Is(err, fleet.ErrNotFound) {
		t.Errorf("%v", err)
	}
}
