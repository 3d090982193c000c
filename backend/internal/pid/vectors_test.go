package pid_test

import (
	"bufio"
	"encoding/json"
	"math"
	"os"
	"testing"

	"hypha/internal/pid"
)

// vector is one line of testdata/vectors.jsonl, computed independently of this code.
type vector struct {
	Formula string          `json:"formula"`
	Inputs  json.RawMessage `json:"inputs"`
	Outputs json.RawMessage `json:"outputs"`
}

func vectors(t *testing.T, formula string) []vector {
	t.Helper()
	f, err := os.Open("testdata/vectors.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var found []vector
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var v vector
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		if v.Formula == formula {
			found = append(found, v)
		}
	}
	if err := lines.Err(); err != nil || len(found) < 3 {
		t.Fatalf("%s: %d vectors, %v", formula, len(found), err)
	}
	return found
}

func (v vector) decode(t *testing.T, in, out any) {
	t.Helper()
	if err := json.Unmarshal(v.Inputs, in); err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(v.Outputs, out); err != nil {
		t.Fatal(err)
	}
}

func near(got, want, relative, absolute float64) bool {
	return math.Abs(got-want) <= absolute+relative*math.Abs(want)
}

func TestSequences(t *testing.T) {
	for _, v := range vectors(t, "pid_sequence") {
		var in struct {
			Params                struct{ K, Ti, Td, N, B, Tt float64 }
			H                     float64 `json:"h_s"`
			Setpoint, Measurement []float64
			Min                   float64 `json:"u_min"`
			Max                   float64 `json:"u_max"`
			Initial               float64 `json:"u_initial"`
			Case                  string
		}
		var want struct{ U, V, D []float64 }
		v.decode(t, &in, &want)
		p := in.Params
		c, err := pid.New(pid.Config{
			Gains:  pid.Gains{K: p.K, Ti: p.Ti, Td: p.Td, N: p.N, B: p.B, Tt: p.Tt},
			OutMin: in.Min, OutMax: in.Max,
		})
		if err != nil {
			t.Fatal(err)
		}
		c.StartAt(in.Initial)
		for k := range in.Setpoint {
			got := c.Step(pid.In{DT: in.H, Setpoint: in.Setpoint[k], Measurement: in.Measurement[k]})
			if !near(got.U, want.U[k], 0, 1e-6) || !near(got.V, want.V[k], 0, 1e-6) || !near(got.D, want.D[k], 0, 1e-6) {
				t.Errorf("%s, sample %d: u %v, v %v, d %v; want %v, %v, %v",
					in.Case, k, got.U, got.V, got.D, want.U[k], want.V[k], want.D[k])
			}
		}
	}
}

type gains struct {
	K  float64
	Ti float64 `json:"Ti_s"`
	Td float64 `json:"Td_s"`
}

func TestSeriesToIdeal(t *testing.T) {
	for _, v := range vectors(t, "pid_series_to_ideal") {
		var in gains
		var want struct {
			gains
			Kp float64 `json:"parallel_kp"`
			Ki float64 `json:"parallel_ki_per_s"`
			Kd float64 `json:"parallel_kd_s"`
		}
		v.decode(t, &in, &want)
		if err := json.Unmarshal(v.Outputs, &want.gains); err != nil {
			t.Fatal(err)
		}
		g := pid.FromSeries(in.K, in.Ti, in.Td)
		p := g.Parallel()
		for name, pair := range map[string][2]float64{
			"K": {g.K, want.K}, "Ti": {g.Ti, want.Ti}, "Td": {g.Td, want.Td},
			"kp": {p.Kp, want.Kp}, "ki": {p.Ki, want.Ki}, "kd": {p.Kd, want.Kd},
		} {
			if !near(pair[0], pair[1], 1e-8, 0) { // the vectors have nine digits
				t.Errorf("series %+v: %s is %v, want %v", in, name, pair[0], pair[1])
			}
		}
		if back := pid.FromParallel(p.Kp, p.Ki, p.Kd); !near(back.Ti, g.Ti, 1e-12, 0) || !near(back.Td, g.Td, 1e-12, 0) {
			t.Errorf("parallel and back: %+v, want %+v", back, g)
		}
	}
}

func TestIdealToSeries(t *testing.T) {
	for _, v := range vectors(t, "pid_ideal_to_series") {
		var in, want gains
		v.decode(t, &in, &want)
		k, ti, td, err := pid.Gains{K: in.K, Ti: in.Ti, Td: in.Td}.Series()
		if err != nil || !near(k, want.K, 1e-7, 0) || !near(ti, want.Ti, 1e-7, 0) || !near(td, want.Td, 1e-7, 0) {
			t.Errorf("ideal %+v: %v, %v, %v, %v; want %+v", in, k, ti, td, err, want)
		}
	}
	if _, _, _, err := (pid.Gains{K: 1, Ti: 10, Td: 3}).Series(); err == nil {
		t.Error("Ti below 4 Td has a series form")
	}
}

func TestProportioned(t *testing.T) {
	for _, v := range vectors(t, "time_proportioned_carry") {
		var in struct {
			Duty       []float64 `json:"duty_percent"`
			Window     float64   `json:"window_s"`
			Resolution float64   `json:"resolution_s"`
			MinOn      float64   `json:"min_on_s"`
			MinOff     float64   `json:"min_off_s"`
		}
		var want struct {
			On []float64 `json:"on_s"`
		}
		v.decode(t, &in, &want)
		p, err := pid.NewProportioner(pid.Proportion{Window: in.Window, Resolution: in.Resolution, MinOn: in.MinOn, MinOff: in.MinOff})
		if err != nil {
			t.Fatal(err)
		}
		for k, duty := range in.Duty {
			if got := p.Next(duty); !near(got, want.On[k], 0, 1e-9) {
				t.Errorf("window %d of %+v: on for %v s, want %v", k, in, got, want.On[k])
			}
		}
	}
}
