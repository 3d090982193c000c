// Package pid is the control law: one PID controller in the ideal form, as control engineers build it, and the
// time-proportioned output that turns a duty into pulses of an on/off actuator. It knows no clock, no sensor and no
// output; whoever runs it hands over the time that passed, the set-point and the measurement.
//
//	v = K [ (b r - y) + 1/Ti ∫(r - y) dt - Td dy/dt ] + feed-forward
//	u = what limits, rate and direction leave of v
//
// The derivative acts on the measurement, never on the error, through a filter of the time constant Td/N. The integral
// is bounded by back-calculation: it is led by the difference between v and what the output really did, which
// [Controller.Applied] reports when a guard, an interlock or a person changed it.
//
// # Order of a step
//
// The error of the last step is integrated over the time since then, when the time is known and the output has had its
// say; then the derivative, the sum and the limits follow. At a constant period this is the law of the textbooks
// (Åström and Hägglund, Advanced PID Control, ISA 2006, ch. 3): integrate after the output was set.
//
// # What it does not do
//
// It invents nothing: a measurement that is not finite freezes integral and derivative and holds the output
// ([Controller.Freeze]); how long it may be held, and what comes then, is the ladder of the output.
//
// A Controller is used by one goroutine at a time. A step allocates nothing.
package pid
