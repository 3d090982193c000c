package process

import "math"

// Parameters are the numbers of the plants that are not linear.
type Parameters struct {
	// CO2Room
	Outside         float64 `json:"c_out,omitempty"`               // ppm
	AirChanges      float64 `json:"air_changes_per_s,omitempty"`   // 1/s
	AirChangesAfter float64 `json:"air_changes_after_s,omitempty"` // 1/s, once disturbed
	Gain            float64 `json:"gain_ppm_s_per_percent,omitempty"`
	SensorLag       float64 `json:"sensor_lag_s,omitempty"`

	// PHReactor and PHDoseTank; amounts in mol/l of strong base, acid counts below 0
	Volume     float64 `json:"volume_l,omitempty"`
	Inflow     float64 `json:"inflow_l_s,omitempty"`
	In         float64 `json:"s_in,omitempty"`
	InAfter    float64 `json:"s_in_after,omitempty"`
	Carbonate  float64 `json:"carbonate,omitempty"` // mol/l
	Phosphate  float64 `json:"phosphate,omitempty"` // mol/l
	Base       float64 `json:"base_mol_l,omitempty"`
	Acid       float64 `json:"acid_mol_l,omitempty"`
	Pump       float64 `json:"pump_l_s,omitempty"` // at 100 %
	ProbeLag   float64 `json:"probe_lag_s,omitempty"`
	MixLag     float64 `json:"mix_lag_s,omitempty"`
	InitialPH  float64 `json:"s_initial_ph,omitempty"`
	Drift      float64 `json:"drift_mol_l_s,omitempty"`
	DriftAfter float64 `json:"drift_after,omitempty"`
}

// model is the state of a plant behind its dead time.
type model interface {
	output() float64
	// step lives through one step with the input as it was a dead time ago. disturbed tells whether the load is there.
	step(w float64, disturbed bool)
}

func (p *Plant) start() model {
	q := p.Parameters
	switch p.Model {
	case CO2Room:
		return &co2Room{Parameters: q, dt: p.Step, room: p.YInitial, sensor: p.YInitial}
	case PHReactor:
		m := &phReactor{Parameters: q, dt: p.Step, s: q.In}
		m.solution = solution{carbonate: q.Carbonate, phosphate: q.Phosphate}
		m.probe = m.ph(m.s)
		return m
	case PHDoseTank:
		m := &phTank{Parameters: q, dt: p.Step}
		m.solution = solution{carbonate: q.Carbonate, phosphate: q.Phosphate}
		m.s = m.base(q.InitialPH)
		m.mixed, m.probe = m.s, q.InitialPH
		return m
	case Linear:
	}
	return &linear{phi: p.Phi, gamma: p.Gamma, c: p.C, x: make([]float64, len(p.Gamma)), next: make([]float64, len(p.Gamma))}
}

// linear is x(k+1) = Φ x + Γ w, y = C x.
type linear struct {
	phi      [][]float64
	gamma, c []float64
	x, next  []float64
}

func (l *linear) output() float64 {
	y := 0.0
	for i, c := range l.c {
		y += c * l.x[i]
	}
	return y
}

func (l *linear) step(w float64, _ bool) {
	for i, row := range l.phi {
		v := l.gamma[i] * w
		for j, a := range row {
			v += a * l.x[j]
		}
		l.next[i] = v
	}
	l.x, l.next = l.next, l.x
}

// co2Room is C' = -a (C - outside) + gain u for the room, m' = (C - m)/lag for the sensor; a rises with the disturbance.
type co2Room struct {
	Parameters
	dt           float64
	room, sensor float64 // ppm
}

func (c *co2Room) output() float64 { return c.sensor }

func (c *co2Room) step(u float64, disturbed bool) {
	a := c.AirChanges
	if disturbed {
		a = c.AirChangesAfter
	}
	room := c.room + c.dt*(-a*(c.room-c.Outside)+c.Gain*u)
	c.sensor += c.dt * (c.room - c.sensor) / c.SensorLag
	c.room = room
}

// phReactor is a stirred tank that acid flows through and base is dosed into:
// S' = (q_in (S_in - S) + q_b (c_b - S))/V, m' = (pH(S) - m)/lag; the inflow gets more acid with the disturbance.
type phReactor struct {
	Parameters
	solution
	dt       float64
	s, probe float64
}

func (r *phReactor) output() float64 { return r.probe }

func (r *phReactor) step(u float64, disturbed bool) {
	in := r.In
	if disturbed {
		in = r.InAfter
	}
	dose := r.Pump * u / 100
	s := r.s + r.dt*(r.Inflow*(in-r.s)+dose*(r.Base-r.s))/r.Volume
	r.probe += r.dt * (r.ph(r.s) - r.probe) / r.ProbeLag
	r.s = s
}

// phTank is a tank whose pH drifts up and into which acid is dosed: S' = drift - q c/V, M' = (S - M)/lag of mixing,
// m' = (pH(M) - m)/lag of the probe.
type phTank struct {
	Parameters
	solution
	dt              float64
	s, mixed, probe float64
}

func (k *phTank) output() float64 { return k.probe }

func (k *phTank) step(u float64, disturbed bool) {
	drift := k.Drift
	if disturbed {
		drift = k.DriftAfter
	}
	s := k.s + k.dt*(drift-k.Pump*u/100*k.Acid/k.Volume)
	mixed := k.mixed + k.dt*(k.s-k.mixed)/k.MixLag
	k.probe += k.dt * (k.ph(k.mixed) - k.probe) / k.ProbeLag
	k.s, k.mixed = s, mixed
}

// solution is water with carbonate and phosphate, mol/l.
type solution struct {
	carbonate, phosphate float64
	last                 float64 // ln h of the last pH, from which the next is found
}

// Dissociation constants at 25 °C, as pK: carbonic acid 6.352 and 10.329, phosphoric acid 2.148, 7.198 and 12.35.
const (
	k1    = 4.4463126746910836e-07
	k2    = 4.6881338214526456e-11
	p1    = 0.0071121351365332885
	p2    = 6.338697112569263e-08
	p3    = 4.4668359215096347e-13
	water = 1e-14
)

// charge is the base that belongs to a hydrogen activity h, and its slope over ln h. Both follow from electric neutrality.
func (s *solution) charge(h float64) (base, slope float64) {
	c := h*h + k1*h + k1*k2
	cn := k1*h + 2*k1*k2
	dc, dcn := 2*h+k1, k1
	p := h*h*h + p1*h*h + p1*p2*h + p1*p2*p3
	pn := p1*h*h + 2*p1*p2*h + 3*p1*p2*p3
	dp, dpn := 3*h*h+2*p1*h+p1*p2, 2*p1*h+2*p1*p2
	base = water/h - h + s.carbonate*cn/c + s.phosphate*pn/p
	slope = -water/h - h + h*(s.carbonate*(dcn*c-cn*dc)/(c*c)+s.phosphate*(dpn*p-pn*dp)/(p*p))
	return base, slope
}

// base is the strong base, mol/l, at which the solution has a pH.
func (s *solution) base(ph float64) float64 {
	b, _ := s.charge(math.Pow(10, -ph))
	return b
}

// ph finds the pH at which the charges are balanced: Newton's method over ln h, which bisection keeps between pH -1 and 15.
func (s *solution) ph(base float64) float64 {
	low, high := -15*math.Ln10, 1*math.Ln10
	x := s.last
	if x <= low || x >= high {
		x = (low + high) / 2
	}
	for range 200 {
		b, slope := s.charge(math.Exp(x))
		if b > base { // too alkaline a guess
			low = x
		} else {
			high = x
		}
		next := x - (b-base)/slope
		if !(next > low && next < high) {
			next = (low + high) / 2
		}
		if math.Abs(next-x) < 1e-14*(1+math.Abs(x)) {
			x = next
			break
		}
		x = next
	}
	s.last = x
	return -x / math.Ln10
}
