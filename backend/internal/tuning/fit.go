package tuning

import "math"

// The least squares of a record: for given lags and dead time the measurement is linear in gain, offset and, where the
// record does not begin at rest, the states of the lags; only the three times are searched for (variable projection, Golub
// and Pereyra 1973).

// window is the part of a record that is fitted.
type window struct {
	r        Record
	from     int
	free     bool // the lags' states at its beginning are unknown
	split    bool // the output has a gain of its own below 0
	mean     float64
	up, down []float64 // the output from rest, above and below 0
}

// fitted is a model with its fit.
type fitted struct {
	model  Model
	offset float64 // the measurement at the output of rest
	rms    float64
	n      int // samples
	free   int // parameters
}

// maxColumns of the linear problem: offset, two gains, two states.
const maxColumns = 5

func newWindow(r Record, from int, free bool) *window {
	w := &window{r: r, from: from, free: free, split: r.Both}
	n := float64(len(r.Samples) - from)
	for i, s := range r.Samples {
		if i >= from {
			w.mean += s.Y / n
		}
		if !w.split {
			w.up = append(w.up, s.U-r.Rest)
			continue
		}
		w.up = append(w.up, max(s.U, 0)-max(r.Rest, 0))
		w.down = append(w.down, min(s.U, 0)-min(r.Rest, 0))
	}
	return w
}

// before is the output some periods before a sample; before the record it stood at rest, which is 0 here.
func before(u []float64, at int) float64 {
	if at < 0 {
		return 0
	}
	return u[at]
}

// evaluate solves the linear part for given times.
func (w *window) evaluate(tau1, tau2, deadTime float64) fitted {
	line := newLine(tau1, tau2, deadTime, w.r.Period)
	var up, down, first, second lags
	first.x1, second.x2 = 1, 1
	var column [maxColumns]float64
	var normal [maxColumns][maxColumns]float64
	var right [maxColumns]float64
	total, n := 0.0, len(w.r.Samples)
	for k := w.from; k < n; k++ {
		column[0], column[1] = 1, up.x2
		columns := 2
		if w.split {
			column[columns] = down.x2
			columns++
		}
		if w.free {
			column[columns] = first.x2
			columns++
			if tau2 > 0 {
				column[columns] = second.x2
				columns++
			}
		}
		y := w.r.Samples[k].Y - w.mean
		total += y * y
		for i := range columns {
			right[i] += column[i] * y
			for j := i; j < columns; j++ {
				normal[i][j] += column[i] * column[j]
			}
		}
		at := k - line.whole
		line.advance(&up, before(w.up, at-1), before(w.up, at))
		if w.split {
			line.advance(&down, before(w.down, at-1), before(w.down, at))
		}
		if w.free {
			line.advance(&first, 0, 0)
			line.advance(&second, 0, 0)
		}
	}
	columns := 2
	if w.split {
		columns++
	}
	if w.free {
		columns++
		if tau2 > 0 {
			columns++
		}
	}
	x, explained := solve(&normal, &right, columns)
	f := fitted{
		model:  Model{Gain: x[1], Tau1: tau1, Tau2: tau2, DeadTime: deadTime},
		offset: x[0] + w.mean, n: n - w.from, free: columns + 2,
	}
	if tau2 > 0 {
		f.free++
	}
	if w.split && x[1] != 0 {
		f.model.CoolRatio = x[2] / x[1]
	}
	f.rms = math.Sqrt(max(0, total-explained) / float64(f.n))
	return f
}

// solve is Cholesky's method on scaled columns; a trace is added to the diagonal, so that columns that say the same share
// what they say.
//
//nolint:gosec // n is the number of columns, at most maxColumns
func solve(normal *[maxColumns][maxColumns]float64, right *[maxColumns]float64, n int) (x [maxColumns]float64, explained float64) {
	var scale [maxColumns]float64
	for i := range n {
		if normal[i][i] > 0 {
			scale[i] = 1 / math.Sqrt(normal[i][i])
		}
	}
	var l [maxColumns][maxColumns]float64
	var z [maxColumns]float64
	for i := range n {
		for j := range i + 1 {
			v := normal[j][i] * scale[i] * scale[j]
			if i == j {
				v += 1e-12
				if scale[i] == 0 {
					v = 1
				}
			}
			for k := range j {
				v -= l[i][k] * l[j][k]
			}
			if i == j {
				l[i][i] = math.Sqrt(max(v, 1e-14))
			} else {
				l[i][j] = v / l[j][j]
			}
		}
		v := right[i] * scale[i]
		for k := range i {
			v -= l[i][k] * z[k]
		}
		z[i] = v / l[i][i]
		explained += z[i] * z[i]
	}
	for i := n - 1; i >= 0; i-- {
		v := z[i]
		for k := i + 1; k < n; k++ {
			v -= l[k][i] * x[k]
		}
		x[i] = v / l[i][i]
	}
	for i := range n {
		x[i] *= scale[i]
	}
	return x, explained
}
