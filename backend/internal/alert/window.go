package alert

import "math"

// point is a value at a time.
type point struct {
	at instant
	v  float64
}

// maxPoints bounds a window: a channel that is faster loses its oldest points, and the window is then shorter than asked.
const maxPoints = 4096

// window keeps the points of the last span, and the newest one before it, so that a full window is recognised.
type window struct {
	span   instant
	points []point // oldest first, in strictly ascending time
}

// add takes a point; one that is not newer than the last is not taken.
func (w *window) add(p point) bool {
	if n := len(w.points); n > 0 && p.at <= w.points[n-1].at {
		return false
	}
	drop := 0
	for drop+1 < len(w.points) && w.points[drop+1].at <= p.at-w.span {
		drop++
	}
	drop = max(drop, len(w.points)+1-maxPoints)
	if drop > 0 {
		w.points = append(w.points[:0], w.points[drop:]...)
	}
	w.points = append(w.points, p)
	return true
}

// within are the points of the last span before the newest, its beginning included.
func (w *window) within() []point {
	if len(w.points) == 0 {
		return nil
	}
	from := w.points[len(w.points)-1].at - w.span
	for i, p := range w.points {
		if p.at >= from {
			return w.points[i:]
		}
	}
	return nil
}

// covered is how long the points within reach back.
func covered(points []point) instant {
	if len(points) == 0 {
		return 0
	}
	return points[len(points)-1].at - points[0].at
}

// line is a straight line through points by least squares.
type line struct {
	slope float64 // per second
	now   float64 // its value at the newest point
	// error is the standard error of the slope, residual the standard deviation of the points from the line.
	error, residual float64
}

// fit draws the line; ok is false for fewer than three points or for points of one time.
func fit(points []point) (l line, ok bool) {
	n := float64(len(points))
	if n < 3 {
		return line{}, false
	}
	end := points[len(points)-1].at
	var sx, sy float64
	for _, p := range points {
		sx += (p.at - end).seconds()
		sy += p.v
	}
	mx, my := sx/n, sy/n
	var sxx, sxy float64
	for _, p := range points {
		dx := (p.at - end).seconds() - mx
		sxx += dx * dx
		sxy += dx * (p.v - my)
	}
	if sxx == 0 {
		return line{}, false
	}
	l.slope = sxy / sxx
	l.now = my - l.slope*mx
	var rest float64
	for _, p := range points {
		d := p.v - l.now - l.slope*(p.at-end).seconds()
		rest += d * d
	}
	l.residual = math.Sqrt(rest / (n - 2))
	l.error = l.residual / math.Sqrt(sxx)
	return l, true
}
