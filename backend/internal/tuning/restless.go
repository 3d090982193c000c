package tuning

import (
	"math"

	"hypha/internal/pid"
)

// restless is what the noise of a measurement does to the output at rest, where the loop hardly answers to it: the standard
// deviation of the output and the mean travel a second. A resolution counts as noise spread evenly over its step: where
// exactly the measurement comes to lie on its steps is luck.
func restless(n Noise, g pid.Gains, h float64) (deviation, travel float64) {
	sigma := math.Hypot(n.Sigma, n.Quantum/math.Sqrt(12))
	if sigma == 0 {
		return 0, 0
	}
	// The answer of proportional term and filtered derivative to one disturbed sample.
	kick, decay := 0.0, 0.0
	if g.Td > 0 {
		kick, decay = g.K*g.Td*g.N/(g.Td+g.N*h), g.Td/(g.Td+g.N*h)
	}
	square, changes, last, d := 0.0, 0.0, 0.0, 0.0
	for k := range maxResponse {
		u := 0.0
		switch k {
		case 0:
			d = kick
			u = g.K + d
		case 1:
			d = decay*d - kick
			u = d
		default:
			d *= decay
			u = d
		}
		square += u * u
		changes += (u - last) * (u - last)
		if last = u; k > 1 && math.Abs(u) < 1e-4*g.K {
			break
		}
	}
	return sigma * math.Sqrt(square), sigma * math.Sqrt(changes) * math.Sqrt(2/math.Pi) / h
}

// maxResponse bounds the samples over which a disturbed one is followed.
const maxResponse = 1000
