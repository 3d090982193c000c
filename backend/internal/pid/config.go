package pid

import (
	"fmt"
	"math"
	"slices"
)

// Config says how a controller works.
type Config struct {
	Gains

	// OutMin and OutMax are the limits of the output, in its unit. With CoolRatio, OutMin is negative: full cooling.
	OutMin, OutMax float64
	// RatePerS is how fast the output may change, in its unit per second; 0: as fast as it likes.
	RatePerS float64
	// Bias is the output at no error of a controller without integral (manual reset). With an integral it has no effect.
	Bias float64
	// DeadBand is the error, in the unit of the measurement, up to which the output rests: the error counts from the edge
	// of the band, inside it the integral stands still.
	DeadBand float64
	// Filter is the time constant of a first-order filter on the measurement, s; 0: none. It is part of the loop: at most
	// Td/N to Td/5, without derivative a tenth of Ti.
	Filter float64
	// Lower acts the other way: more output when the measurement is above the set-point.
	Lower bool
	// MaxGap is the longest time between two steps that is integrated, s. After a longer one (a suspended machine, a
	// sensor that was away) the step is taken as the first after [Controller.Freeze]. 0: none is too long.
	MaxGap float64

	// CoolRatio is how strong the second actuator, which works against the first, is beside it (effect of 1 % cooling /
	// effect of 1 % heating); 0: there is none. The output below 0 drives it.
	CoolRatio float64
	// CoolDeadBand keeps both actuators off while the sum is within it on either side of 0, in the unit of the output.
	CoolDeadBand float64
	// CoolDwell is the time for which both are off before the direction changes, s.
	CoolDwell float64

	// Schedule replaces K, Ti and Td by what its points say, interpolated, over what ScheduleBy names. Empty: none.
	Schedule   []Point
	ScheduleBy Variable
}

// Variable is what gains are scheduled over.
type Variable string

// The variables of a schedule. The empty one is the measurement.
const (
	ByMeasurement Variable = "measurement"
	BySetpoint    Variable = "setpoint"
)

// Point is one row of a gain schedule. Between two rows the gains are interpolated, beyond the ends the last ones hold.
type Point struct {
	At        float64 // in the unit of the measurement
	K, Ti, Td float64
}

// maxPoints bounds a schedule, through which every step looks.
const maxPoints = 32

// Check tells what a user has to correct, as [option.Errors].
func (c Config) Check() error {
	var f faults
	c.Gains.check(&f, "")
	ordered := finite(c.OutMin) && finite(c.OutMax) && c.OutMin < c.OutMax
	f.when(!ordered, "out_max", "must be above out_min")
	f.when(!positive(c.RatePerS), "rate_per_s", "must be 0 (no limit) or above")
	f.when(!finite(c.Bias), "bias", "must be a number")
	f.when(ordered && finite(c.Bias) && !c.Gains.Integral() && (c.Bias < c.OutMin || c.Bias > c.OutMax), "bias",
		fmt.Sprintf("must be between the limits of the output, %g and %g", c.OutMin, c.OutMax))
	f.when(!positive(c.DeadBand), "dead_band", "must be 0 or above, in the unit of the measurement")
	f.when(!positive(c.Filter), "filter_s", "must be 0 (none) or above, in seconds")
	f.when(!positive(c.MaxGap), "max_gap_s", "must be 0 (no limit) or above, in seconds")
	f.when(!positive(c.CoolRatio), "cool_ratio", "must be 0 (one direction only) or above")
	f.when(c.CoolRatio > 0 && ordered && (c.OutMin >= 0 || c.OutMax <= 0), "out_min",
		"must be below 0, and out_max above it, where the output works in both directions")
	f.when(!positive(c.CoolDeadBand), "cool_dead_band", "must be 0 or above, in the unit of the output")
	f.when(!positive(c.CoolDwell), "cool_dwell_s", "must be 0 or above, in seconds")
	c.checkSchedule(&f)
	return f.err()
}

func (c Config) checkSchedule(f *faults) {
	f.when(!slices.Contains([]Variable{"", ByMeasurement, BySetpoint}, c.ScheduleBy), "schedule_by", "must be measurement or setpoint")
	f.when(len(c.Schedule) > maxPoints, "schedule", fmt.Sprintf("must not have more than %d points", maxPoints))
	for i, p := range c.Schedule {
		at := fmt.Sprintf("schedule[%d].", i)
		f.when(!finite(p.At), at+"at", "must be a number")
		f.when(i > 0 && !(p.At > c.Schedule[i-1].At), at+"at", "must be above that of the point before")
		g := c.Gains
		g.K, g.Ti, g.Td = p.K, p.Ti, p.Td
		g.check(f, at)
		f.when(g.Integral() != c.Gains.Integral(), at+"ti_s", "must have an integral if the gains themselves have one, and none if not")
	}
}

func finite(v float64) bool   { return !math.IsNaN(v) && !math.IsInf(v, 0) }
func positive(v float64) bool { return v >= 0 && !math.IsInf(v, 1) }
