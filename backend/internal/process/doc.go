// Package process is the benchmark's plants: seventeen simulated processes, from a lag with dead time to the pH of a
// nutrient tank, with their sensors (noise, steps of resolution), actuators (limits, pulses, a weaker cooling side) and a
// clock of their own. Any control law can be tried on them; the figures of a run (error, overshoot, travel of the
// actuator, settling) say how well it does.
//
// # Definitions
//
// A linear plant is x(k+1) = Φ x(k) + Γ w(k - delay), y = C x, discretised exactly with a zero-order hold at its step.
// w is what the actuator does plus, once the disturbance sets in, the load. The other plants are integrated by Euler's
// method at 1 s; their equations stand at the types. All start at rest.
//
// At each control period the sensor shows floor((y + σ n)/q + 0.5) q, with n from [Noise]; the law sets its output, which
// is held until the next period. The same law on the same plant always gives the same figures.
//
// The plants are models. Those of first names (P01 to P08) are usual test plants of the literature (Åström and Hägglund
// 2006, ch. 7); the numbers of P09 to P17 are plausible for the equipment they are named after, not measured.
package process
