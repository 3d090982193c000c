package pid

// scheduled returns the gains at a place of the schedule.
func (c *Config) scheduled(at float64) Gains {
	g, points := c.Gains, c.Schedule
	n := len(points)
	set := func(p Point) Gains {
		g.K, g.Ti, g.Td = p.K, p.Ti, p.Td
		return g
	}
	switch {
	case n == 0:
		return g
	case at <= points[0].At:
		return set(points[0])
	case at >= points[n-1].At:
		return set(points[n-1])
	}
	i := 1
	for points[i].At < at {
		i++
	}
	a, b := points[i-1], points[i]
	f := (at - a.At) / (b.At - a.At)
	mix := func(from, to float64) float64 {
		if from == to { // also two infinities
			return from
		}
		return from + f*(to-from)
	}
	return set(Point{K: mix(a.K, b.K), Ti: mix(a.Ti, b.Ti), Td: mix(a.Td, b.Td)})
}
