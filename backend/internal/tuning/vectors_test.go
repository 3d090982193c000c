package tuning_test

import (
	"bufio"
	"encoding/json"
	"math"
	"os"
	"testing"

	"hypha/internal/pid"
	"hypha/internal/tuning"
)

// each calls check with the inputs and outputs of every vector of a formula; they were computed independently of this code.
func each[I, O any](t *testing.T, formula string, check func(in I, want O)) {
	t.Helper()
	f, err := os.Open("testdata/vectors.jsonl")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	found := 0
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		var v struct {
			Formula         string
			Inputs, Outputs json.RawMessage
		}
		if err := json.Unmarshal(lines.Bytes(), &v); err != nil {
			t.Fatal(err)
		}
		if v.Formula != formula {
			continue
		}
		found++
		var in I
		var want O
		if err := json.Unmarshal(v.Inputs, &in); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(v.Outputs, &want); err != nil {
			t.Fatal(err)
		}
		check(in, want)
	}
	if err := lines.Err(); err != nil || found < 3 {
		t.Fatalf("%s: %d vectors, %v", formula, found, err)
	}
}

type form struct {
	K  float64
	Ti float64 `json:"Ti_s"`
	Td float64 `json:"Td_s"`
}

func (f form) is(g pid.Gains, tolerance float64) bool {
	return near(g.K, f.K, tolerance) && near(g.Ti, f.Ti, tolerance) && near(g.Td, f.Td, tolerance)
}

func near(got, want, relative float64) bool {
	return math.Abs(got-want) <= relative*math.Abs(want)+1e-12
}

// digits is the precision of vectors with nine digits.
const digits = 1e-8

func TestFromUltimate(t *testing.T) {
	type in struct {
		Ku float64
		Pu float64 `json:"Pu_s"`
	}
	each(t, "tuning_from_ultimate", func(in in, want map[tuning.Rule]form) {
		for rule, w := range want {
			if g, ok := tuning.FromUltimate(rule, in.Ku, in.Pu); !ok || !w.is(g, 1e-6) {
				t.Errorf("%s of %+v: %+v, want %+v", rule, in, g, w)
			}
		}
	})
}

func TestUltimateGain(t *testing.T) {
	type in struct {
		D float64 `json:"relay_amplitude"`
		A float64 `json:"peak_amplitude"`
		E float64 `json:"hysteresis"`
	}
	each(t, "relay_ultimate_gain", func(in in, want struct{ Value float64 }) {
		if got := tuning.UltimateGain(in.D, in.A, in.E); !near(got, want.Value, digits) {
			t.Errorf("%+v: %v, want %v", in, got, want.Value)
		}
	})
}

func TestSIMC(t *testing.T) {
	type in struct {
		K, Kv float64
		KS    float64 `json:"k_per_s"`
		Tau1  float64 `json:"tau1_s"`
		Tau2  float64 `json:"tau2_s"`
		Theta float64 `json:"theta_s"`
		TauC  float64 `json:"tau_c_s"`
	}
	type out struct{ Series, Ideal form }
	check := func(m tuning.Model, tauC float64, want out) {
		g := tuning.SIMC(m, tauC)
		k, ti, td, err := g.Series()
		if !want.Ideal.is(g, digits) || err != nil && want.Series.Ti >= want.Series.Td {
			t.Errorf("%+v: %+v, want %+v, %v", m, g, want.Ideal, err)
		}
		if want.Series.Ti >= want.Series.Td && !want.Series.is(pid.Gains{K: k, Ti: ti, Td: td}, 1e-6) {
			t.Errorf("%+v: series %v %v %v, want %+v", m, k, ti, td, want.Series)
		}
	}
	each(t, "simc", func(in in, want out) {
		check(tuning.Model{Gain: in.K, Tau1: in.Tau1, Tau2: in.Tau2, DeadTime: in.Theta}, in.TauC, want)
	})
	each(t, "simc_integrating", func(in in, want out) {
		check(tuning.Model{Gain: in.KS, Integrating: true, Tau2: in.Tau2, DeadTime: in.Theta}, in.TauC, want)
	})
}

func TestAMIGO(t *testing.T) {
	type in struct {
		Gain float64
		KS   float64 `json:"k_per_s"`
		L    float64 `json:"L_s"`
		T    float64 `json:"T_s"`
	}
	type out struct{ PI, PID form }
	check := func(m tuning.Model, want out) {
		if pi, d := tuning.AMIGO(m, false), tuning.AMIGO(m, true); !want.PI.is(pi, digits) || !want.PID.is(d, digits) {
			t.Errorf("%+v: %+v and %+v, want %+v", m, pi, d, want)
		}
	}
	each(t, "amigo", func(in in, want out) {
		check(tuning.Model{Gain: in.Gain, Tau1: in.T, DeadTime: in.L}, want)
	})
	each(t, "amigo_integrating", func(in in, want out) {
		check(tuning.Model{Gain: in.KS, Integrating: true, DeadTime: in.L}, want)
	})
}

func TestHalfRule(t *testing.T) {
	type in struct {
		Lags     []float64 `json:"lags_s"`
		DeadTime float64   `json:"dead_time_s"`
		Order    int
		Inverse  float64 `json:"inverse_response_s"`
		H        float64 `json:"sample_time_s"`
	}
	type out struct {
		Tau1  float64 `json:"tau1_s"`
		Tau2  float64 `json:"tau2_s"`
		Theta float64 `json:"theta_s"`
	}
	each(t, "half_rule", func(in in, want out) {
		m := tuning.HalfRule(in.Lags, in.DeadTime, in.Inverse, in.H, in.Order)
		if !near(m.Tau1, want.Tau1, digits) || !near(m.Tau2, want.Tau2, digits) || !near(m.DeadTime, want.Theta, digits) {
			t.Errorf("%+v: %+v, want %+v", in, m, want)
		}
	})
}

type fopdt struct {
	K, Gain float64
	T       float64 `json:"T_s"`
	L       float64 `json:"L_s"`
}

func TestMargins(t *testing.T) {
	// The plant's gain is k, the controller's K: encoding/json does not tell them apart without help.
	each(t, "fopdt_margins", func(in map[string]float64, want map[string]float64) {
		m := tuning.Model{Gain: in["k"], Tau1: in["T_s"], DeadTime: in["L_s"]}
		g := pid.Gains{K: in["K"], Ti: in["Ti_s"], Td: in["Td_s"], N: in["N"], B: 1}
		got := tuning.MarginsOf(m, g, 0)
		if !near(got.Ms, want["Ms"], 0.002) || !near(got.Gain, want["gain_margin"], 0.002) || !near(got.Phase, want["phase_margin_deg"], 0.002) {
			t.Errorf("%+v with %+v: %+v, want %v", m, g, got, want)
		}
	})
}

func TestTwoPoint(t *testing.T) {
	type in struct {
		Start float64 `json:"y_start"`
		End   float64 `json:"y_end"`
		Step  float64 `json:"u_step"`
		T28   float64 `json:"t_28_3_s"`
		T63   float64 `json:"t_63_2_s"`
	}
	each(t, "fopdt_two_point", func(in in, want fopdt) {
		m := tuning.TwoPoint(in.End-in.Start, in.Step, in.T28, in.T63)
		if !near(m.Gain, want.Gain, digits) || !near(m.Tau1, want.T, 1e-5) || !near(m.DeadTime, want.L, 1e-5) { // the times have four decimals
			t.Errorf("%+v: %+v, want %+v", in, m, want)
		}
	})
}

func TestArea(t *testing.T) {
	each(t, "fopdt_area", func(in struct {
		K float64
		T float64 `json:"T_s"`
		L float64 `json:"L_s"`
	}, want fopdt,
	) {
		var y []float64
		for s := 0.0; s <= in.L+12*in.T; s++ {
			v := 0.0
			if s > in.L {
				v = 10 * in.K * (1 - math.Exp(-(s-in.L)/in.T))
			}
			y = append(y, v)
		}
		m, err := tuning.Area(y, 1, 10)
		if err != nil || !near(m.Gain, want.Gain, 1e-4) || !near(m.Tau1, want.T, 5e-4) || !near(m.DeadTime, want.L, 1e-3) {
			t.Errorf("%+v: %+v, %v, want %+v", in, m, err, want)
		}
	})
	if _, err := tuning.Area([]float64{1, 1, 1}, 1, 10); err == nil {
		t.Error("a response without a step has a model")
	}
}

func TestRelayCycle(t *testing.T) {
	each(t, "asymmetric_relay_cycle", func(in, want map[string]float64) {
		m := tuning.Model{Gain: in["k"], Tau1: in["T_s"], DeadTime: in["L_s"]}
		c := tuning.CycleOf(m, in["d_high"], in["d_low"], in["hysteresis"])
		u, y := c.Means(m.Gain)
		for name, v := range map[string]float64{
			"y_max": c.Max, "y_min": c.Min, "t_on_s": c.On, "t_off_s": c.Off, "mean_u": u, "mean_y": y,
			"normalised_dead_time_estimate": c.NormalisedDeadTime(),
		} {
			if !near(v, want[name], 1e-5) {
				t.Errorf("%+v: %s is %v, want %v", in, name, v, want[name])
			}
		}
		back := c.Model(m.Gain, in["hysteresis"])
		if !near(back.Tau1, m.Tau1, 1e-9) || !near(back.DeadTime, m.DeadTime, 1e-9) {
			t.Errorf("solved for the model: %+v, want %+v", back, m)
		}
	})
}
