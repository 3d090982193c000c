package process

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"math"
	"slices"

	"hypha/internal/pid"
)

//go:embed plants.json
var plants []byte

// Plant describes one process with its sensor, its actuator and the run that is made on it. Times are in seconds, the
// output in the unit of U, the measurement in that of Setpoint.
type Plant struct {
	ID               string  `json:"id"`
	Name             string  `json:"name"`
	TransferFunction string  `json:"transfer_function,omitempty"`
	Note             string  `json:"note,omitempty"`
	Model            Model   `json:"model"`
	Step             float64 `json:"dt_s"`             // of the simulation
	Period           float64 `json:"control_period_s"` // of the law
	DelaySteps       int     `json:"delay_steps"`      // dead time, in steps of the simulation

	// Phi, Gamma and C are the matrices of a linear plant, Parameters the numbers of any other.
	Phi        [][]float64 `json:"phi,omitempty"`
	Gamma      []float64   `json:"gamma,omitempty"`
	C          []float64   `json:"c,omitempty"`
	Parameters Parameters  `json:"parameters,omitzero"`

	UMin             float64 `json:"u_min"`
	UMax             float64 `json:"u_max"`
	UInitial         float64 `json:"u_initial"`
	YInitial         float64 `json:"y_initial"`
	Action           Action  `json:"action,omitempty"`
	CoolGain         float64 `json:"cool_gain,omitempty"` // effect of an output below 0 beside one above it; 0: the same
	TimeProportioned bool    `json:"time_proportioned,omitempty"`
	MinOn            float64 `json:"min_on_s,omitempty"` // of time-proportioned pulses

	NoiseSigma float64 `json:"noise_sigma"`
	Quantum    float64 `json:"quantum"`
	NoiseSeed  uint64  `json:"noise_seed"`

	Setpoint         float64 `json:"setpoint"` // from the start on
	Setpoint2        float64 `json:"setpoint_2,omitempty"`
	Setpoint2At      float64 `json:"setpoint_2_at_s,omitempty"` // 0: there is none
	DisturbanceAt    float64 `json:"disturbance_at_s"`
	InputDisturbance float64 `json:"input_disturbance"` // added to the output of linear plants
	End              float64 `json:"end_s"`

	Relay           RelayTest `json:"relay"`
	Reference       Reference `json:"reference"`
	ReferenceResult Figures   `json:"reference_result"`
	Goal            Goal      `json:"goal"`
}

// Model says which equations a plant has.
type Model string

// The models.
const (
	Linear     Model = "linear"
	CO2Room    Model = "co2"
	PHReactor  Model = "ph_cstr"
	PHDoseTank Model = "ph_tank"
)

// Action is the direction in which the output moves the measurement; empty is raise.
type Action string

// The actions.
const (
	Raise Action = "raise"
	Lower Action = "lower"
)

// RelayTest is how the plant's ultimate gain is measured for the comparison with Mycodo.
type RelayTest struct {
	Setpoint   float64 `json:"setpoint"`
	Low        float64 `json:"u_low"`
	High       float64 `json:"u_high"`
	Hysteresis float64 `json:"hysteresis"`
}

// Reference is the best of four designs with the plant's true model (SIMC and AMIGO, PI and PID, Ms at most 1.8).
type Reference struct {
	Rule string  `json:"rule"`
	K    float64 `json:"k"`
	Ti   float64 `json:"ti"`
	Td   float64 `json:"td"`
	B    float64 `json:"b"`
	N    float64 `json:"n"`
	Tt   float64 `json:"tt"`
}

// Gains are the reference's.
func (r Reference) Gains() pid.Gains {
	return pid.Gains{K: r.K, Ti: r.Ti, Td: r.Td, B: r.B, N: r.N, Tt: r.Tt}
}

// Goal is what a good controller reaches with the reference's gains, and with gains of its own experiment.
type Goal struct {
	IAESetpoint  float64 `json:"iae_setpoint_max"`
	IAELoad      float64 `json:"iae_load_max"`
	Overshoot    float64 `json:"overshoot_percent_max"`
	TV           float64 `json:"tv_max"`
	AutotunedIAE float64 `json:"autotuned_iae_total_max"` // 1.35 of the reference's
}

// Plants returns the seventeen plants, in the order of their names.
func Plants() ([]Plant, error) {
	var all []Plant
	if err := json.Unmarshal(plants, &all); err != nil {
		return nil, fmt.Errorf("plants of the benchmark: %w", err)
	}
	return all, nil
}

// ByID returns one of them.
func ByID(id string) (Plant, error) {
	all, err := Plants()
	if err != nil {
		return Plant{}, err
	}
	if i := slices.IndexFunc(all, func(p Plant) bool { return p.ID == id }); i >= 0 {
		return all[i], nil
	}
	return Plant{}, fmt.Errorf("there is no plant %q: they are P01 to P17", id)
}

// Varied is the plant with its gain and its dead time multiplied, the latter rounded to whole steps.
func (p Plant) Varied(gain, deadTime float64) Plant {
	p.DelaySteps = int(math.Round(float64(p.DelaySteps) * deadTime))
	p.Gamma = slices.Clone(p.Gamma)
	for i := range p.Gamma {
		p.Gamma[i] *= gain
	}
	p.Parameters.Gain *= gain
	p.Parameters.Pump *= gain
	return p
}

// setpointAt is the set-point at a moment of the run.
func (p *Plant) setpointAt(t float64) float64 {
	if p.Setpoint2At > 0 && t >= p.Setpoint2At {
		return p.Setpoint2
	}
	return p.Setpoint
}
