package main

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"net/http"
	"slices"
	"time"

	"hypha/cmd/internal/program"
)

// thermometer is a channel whose unit is changed all the time, with its whole history. Settings and history are files of
// their own, and must agree on the unit whenever the program dies.
type thermometer struct {
	r       *rand.Rand
	channel int64
	celsius map[int64]float64 // by time
	may     []string          // the units it may have
}

const thermometerReadings = 300

func units() []string { return []string{"C", "F", "K"} }

// in converts degrees Celsius.
func in(unit string, celsius float64) float64 {
	switch unit {
	case "F":
		return celsius*1.8 + 32
	case "K":
		return celsius + 273.15
	}
	return celsius
}

func newThermometer(s *program.Server, r *rand.Rand) (*thermometer, error) {
	var made struct{ Channels []struct{ ID int64 } }
	channels := []map[string]string{{"name": "t", "quantity": "temperature", "unit": "C"}}
	err := s.Ask(http.MethodPost, "/inputs", map[string]any{"name": "thermometer", "kind": "push", "options": map[string]any{"channels": channels}}, &made)
	if err != nil {
		return nil, err
	}
	t := &thermometer{r: r, channel: made.Channels[0].ID, celsius: map[int64]float64{}, may: []string{"C"}}
	var batch []reading
	for n := range thermometerReadings {
		at := begin + int64(n)*60_000
		t.celsius[at] = float64(r.IntN(900)) / 10
		batch = append(batch, reading{t.channel, at, t.celsius[at]})
	}
	err = s.Ask(http.MethodPost, "/readings", map[string]any{"readings": batch}, nil)
	return t, err
}

func (t *thermometer) run(ctx context.Context, p *program.Server) error {
	for ctx.Err() == nil {
		unit := units()[t.r.IntN(3)]
		t.may = append(t.may, unit)
		if err := p.Ask(http.MethodPatch, fmt.Sprintf("/channels/%d", t.channel), map[string]string{"unit": unit}, nil); err != nil {
			return err
		}
		t.may = []string{unit}
		wait(ctx, time.Duration(t.r.IntN(20))*time.Millisecond)
	}
	return nil
}

// check compares unit and values with what was promised.
func (t *thermometer) check(p *program.Server, r *report) error {
	var answer struct {
		Series []struct {
			Unit string
			T    []int64
			V    []float64
		}
	}
	if err := p.Ask(http.MethodGet, fmt.Sprintf("/readings?channel=%d&from=2000-01-01T00:00:00Z&points=1000000", t.channel), nil, &answer); err != nil {
		return err
	}
	one := answer.Series[0]
	if !slices.Contains(t.may, one.Unit) {
		r.setting(fmt.Sprintf("the thermometer is in %s; promised was %v", one.Unit, t.may))
	}
	if len(one.T) != len(t.celsius) {
		r.lost(fmt.Sprintf("the thermometer has %d readings of %d", len(one.T), len(t.celsius)))
	}
	for i, at := range one.T {
		if want := in(one.Unit, t.celsius[at]); math.Abs(one.V[i]-want) > 1e-6 {
			r.wrong(fmt.Sprintf("the thermometer has %v %s at %d; it was %v", one.V[i], one.Unit, at, want))
			break
		}
	}
	r.checked(len(t.celsius))
	t.may = []string{one.Unit}
	return nil
}
