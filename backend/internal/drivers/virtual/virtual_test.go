package virtual

import (
	"encoding/json"
	"testing"

	"hypha/internal/host"
	"hypha/internal/output"
)

func TestEachTakesOnlyItsOwnLevel(t *testing.T) {
	on, number := true, 40.0
	levels := map[output.ChannelType]output.Level{
		output.OnOff: {On: &on}, output.PWM: {Duty: &number}, output.Value: {Value: &number}, output.Volume: {VolumeML: &number},
	}
	for _, k := range []output.Kind{OnOff(), PWM(), Value(), Volume()} {
		d, err := k.Bind(json.RawMessage(`{}`))
		if err != nil {
			t.Fatal(err)
		}
		w, err := d.Open(t.Context(), host.Host{})
		if err != nil {
			t.Fatal(err)
		}
		for of, level := range levels {
			if err := w.Write(t.Context(), 0, level); (err == nil) != (of == d.Channels[0].Type) {
				t.Errorf("%s told a level of %s: %v", k.ID, of, err)
			}
		}
		if _, err := k.Bind(json.RawMessage(`{"pin":4}`)); err == nil {
			t.Errorf("%s took an unknown option", k.ID)
		}
	}
	d, err := Value().Bind(json.RawMessage(`{"unit":"rpm"}`))
	if err != nil || d.Channels[0].Unit != "rpm" {
		t.Errorf("unit of the value: %+v, %v", d, err)
	}
}
