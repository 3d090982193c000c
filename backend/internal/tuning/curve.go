package tuning

import (
	"errors"
	"math"
)

// errNoStep says that a response has no step to evaluate.
var errNoStep = errors.New("the measurement did not change enough to be evaluated")

// TwoPoint is the lag with dead time through the times at which the response has reached 28.3 % and 63.2 % of its end
// (Smith 1972). yStep and uStep are the changes of measurement and output.
func TwoPoint(yStep, uStep, t28, t63 float64) Model {
	t := 1.5 * (t63 - t28)
	return Model{Gain: yStep / uStep, Tau1: t, DeadTime: t63 - t}
}

// Area is the lag with dead time that has the areas of a response to a step of the output by uStep (Åström and Hägglund):
// y are its samples, h seconds apart from the moment of the step on, from y[0] to its end value, the last one. It feels
// noise less than two points do, but needs a true end.
func Area(y []float64, h, uStep float64) (Model, error) {
	if len(y) < 3 || y[len(y)-1] == y[0] {
		return Model{}, errNoStep
	}
	start, end := y[0], y[len(y)-1]
	step := end - start
	a0 := 0.0
	for i := range len(y) - 1 {
		a0 += h * (end - (y[i]+y[i+1])/2)
	}
	residence := a0 / step
	a1 := 0.0
	for i := range len(y) - 1 {
		left := residence - float64(i)*h
		if left <= 0 {
			break
		}
		a, b := y[i]-start, y[i+1]-start
		if left < h { // up to the residence time only
			b = a + (b-a)*left/h
		}
		a1 += min(left, h) * (a + b) / 2
	}
	t := math.E * a1 / step
	m := Model{Gain: step / uStep, Tau1: t, DeadTime: max(0, residence-t)}
	if !(t > 0) {
		return Model{}, errNoStep
	}
	return m, nil
}

// StepModels are what a step experiment's record says by its curve alone, through two points and through its areas, to be
// seen beside the fitted model. Drift before the step is taken off as a straight line.
func StepModels(r Record) (twoPoint, area Model, err error) {
	e, err := r.even()
	if err != nil {
		return Model{}, Model{}, err
	}
	from := e.Steady - 1 // the sample at whose time the output moved
	uStep := e.Samples[from].U - e.Rest
	if uStep == 0 {
		return Model{}, Model{}, errNoStep
	}
	y := make([]float64, 0, len(e.Samples)-from)
	for i := range e.Samples[from:] {
		y = append(y, e.Samples[from+i].Y-r.Noise.Drift*float64(i)*e.Period)
	}
	y[0] = r.Noise.Mean + r.Noise.Drift*float64(from)/2*e.Period
	tail := y[len(y)-max(1, len(y)/10):] // the end, without its noise
	end := 0.0
	for _, v := range tail {
		end += v / float64(len(tail))
	}
	y[len(y)-1] = end
	if area, err = Area(y, e.Period, uStep); err != nil {
		return Model{}, Model{}, err
	}
	twoPoint = TwoPoint(end-y[0], uStep, crossing(y, e.Period, 0.283), crossing(y, e.Period, 0.632))
	if !(twoPoint.Tau1 > 0) {
		return Model{}, Model{}, errNoStep
	}
	return twoPoint, area, nil
}

// crossing is the time at which a response, sampled each h seconds, first reaches a part of its step.
func crossing(y []float64, h, part float64) float64 {
	level := y[0] + part*(y[len(y)-1]-y[0])
	rising := y[len(y)-1] > y[0]
	for i := 1; i < len(y); i++ {
		if (y[i] >= level) == rising && y[i] != y[i-1] {
			return h * (float64(i-1) + (level-y[i-1])/(y[i]-y[i-1]))
		}
	}
	return math.NaN()
}
