package process_test

import (
	"encoding/json"
	"fmt"
	"math"
	"os"
	"strings"
	"testing"

	"hypha/internal/pid"
	"hypha/internal/process"
)

// results are what a second program, in another language, got from the same plants.
type results struct {
	ID               string
	Controllers      map[string]struct{ K, Ti, Td, N, B, Tt float64 }
	ReferenceResults map[string]figures                  `json:"reference_results"`
	FirstSamples     [][4]float64                        `json:"first_samples"`
	Relay            struct{ Ku, Pu, Amplitude float64 } `json:"relay_result"`
	Mycodo           []struct {
		Rule, Mode string
		Kp, Ki, Kd float64
		SumLimit   float64 `json:"sum_limit"`
		Result     figures
	} `json:"mycodo_results"`
}

type figures struct {
	process.Figures
	TVSetpoint float64 `json:"tv_setpoint"`
	TVLoad     float64 `json:"tv_load"`
}

func published(t *testing.T) []results {
	t.Helper()
	raw, err := os.ReadFile("testdata/results.json")
	if err != nil {
		t.Fatal(err)
	}
	var all []results
	if err := json.Unmarshal(raw, &all); err != nil || len(all) != 17 {
		t.Fatalf("%d plants, %v", len(all), err)
	}
	return all
}

func byID(t *testing.T, id string) process.Plant {
	t.Helper()
	p, err := process.ByID(id)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func run(t *testing.T, p process.Plant, g pid.Gains, keep int) process.Figures {
	t.Helper()
	law, err := p.PID(p.Config(g))
	if err != nil {
		t.Fatal(err)
	}
	return p.Run(law, keep)
}

// same compares figures with published ones of six digits.
func same(t *testing.T, what string, got process.Figures, want figures) {
	t.Helper()
	for name, pair := range map[string][2]float64{
		"IAE of the set-point": {got.IAESetpoint, want.IAESetpoint}, "IAE of the load": {got.IAELoad, want.IAELoad},
		"overshoot": {got.Overshoot, want.Overshoot}, "travel": {got.TV, want.TVSetpoint + want.TVLoad},
		"settling": {got.Settling, want.Settling}, "load peak": {got.LoadPeak, want.LoadPeak},
		"last tenth": {got.LastTenth, want.LastTenth},
	} {
		if math.Abs(pair[0]-pair[1]) > 1e-5*math.Abs(pair[1])+1e-5 {
			t.Errorf("%s: %s is %v, want %v", what, name, pair[0], pair[1])
		}
	}
}

// The PID on the plants gives what the second program got, with all four designs of each plant.
func TestRunsAsPublished(t *testing.T) {
	for _, r := range published(t) {
		p := byID(t, r.ID)
		for rule, c := range r.Controllers {
			g := pid.Gains{K: c.K, Ti: c.Ti, Td: c.Td, N: c.N, B: c.B, Tt: c.Tt}
			got := run(t, p, g, 12)
			same(t, r.ID+" "+rule, got, r.ReferenceResults[rule])
			if rule != "SIMC-PID" {
				continue
			}
			for k, want := range r.FirstSamples {
				s := got.Samples[k]
				for i, v := range []float64{s.T, s.True, s.Measured, s.U} {
					if math.Abs(v-want[i]) > 1e-8*math.Abs(want[i])+1e-9 {
						t.Errorf("%s, sample %d: %+v, want %v", r.ID, k, s, want)
						break
					}
				}
			}
		}
	}
}

// With the reference's gains every plant meets its goal in error, overshoot and travel at once.
func TestReferenceMeetsEveryGoal(t *testing.T) {
	plants, err := process.Plants()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range plants {
		f := run(t, p, p.Reference.Gains(), 0)
		g := p.Goal
		if f.IAESetpoint > g.IAESetpoint || f.IAELoad > g.IAELoad || f.Overshoot > g.Overshoot || f.TV > g.TV {
			t.Errorf("%s misses its goal %+v: %+v", p.ID, g, f)
		}
	}
}

func TestNoise(t *testing.T) {
	raw, err := os.ReadFile("testdata/noise.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(raw)) {
		var v struct {
			Inputs  struct{ Seed uint64 }
			Outputs struct {
				Hex     []string  `json:"first_uint64_hex"`
				Normals []float64 `json:"first_normals"`
			}
		}
		if err := json.Unmarshal([]byte(line), &v); err != nil {
			t.Fatal(err)
		}
		n := process.NewNoise(v.Inputs.Seed)
		for _, want := range v.Outputs.Hex {
			if got := n.Uint64(); hex(got) != want {
				t.Errorf("seed %d: %s, want %s", v.Inputs.Seed, hex(got), want)
			}
		}
		n = process.NewNoise(v.Inputs.Seed)
		for _, want := range v.Outputs.Normals {
			if got := n.Normal(); math.Abs(got-want) > 5e-9 {
				t.Errorf("seed %d: %v, want %v", v.Inputs.Seed, got, want)
			}
		}
	}
}

func hex(v uint64) string { return fmt.Sprintf("%016x", v) }

// With gain and dead time 25 % higher the reference overshoots as published, and stays stable.
func TestVaried(t *testing.T) {
	for id, want := range map[string]float64{"P01": 44, "P03": 37, "P06": 28, "P13": 24, "P14": 24} {
		p := byID(t, id)
		f := run(t, p.Varied(1.25, 1.25), p.Reference.Gains(), 0)
		if math.Abs(f.Overshoot-want) > 0.6 {
			t.Errorf("%s: overshoot %.1f %%, want %v", id, f.Overshoot, want)
		}
	}
	plants, err := process.Plants()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range plants {
		nominal := run(t, p, p.Reference.Gains(), 0)
		f := run(t, p.Varied(1.25, 1.25), p.Reference.Gains(), 0)
		if f.TV > 1.75*nominal.TV {
			t.Errorf("%s: the output travels %v, nominally %v", p.ID, f.TV, nominal.TV)
		}
	}
}

func TestUnknownPlant(t *testing.T) {
	if _, err := process.ByID("P99"); err == nil || !strings.Contains(err.Error(), "P99") {
		t.Errorf("%v does not name it", err)
	}
}
