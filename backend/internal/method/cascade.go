package method

import (
	"fmt"
	"math"
	"slices"
	"time"
)

// maxCascade bounds all the methods below a cascade, whatever refers to whatever.
const maxCascade = 100

// cascade is one value made of those of other methods.
type cascade struct {
	combine Combination
	parts   []course
	weights []float64
}

// checkCascade sees to what can be seen without knowing the other methods.
func (d *Definition) checkCascade() error {
	for i, l := range d.Methods {
		if j := slices.IndexFunc(d.Methods[:i], func(o Link) bool { return o.Method == l.Method }); j >= 0 && d.Combine != Product && d.Combine != Sum {
			return fault(fmt.Sprintf("methods[%d].method", i), "is the same as methods[%d]", j)
		}
	}
	return nil
}

func (d *Definition) compileCascade(b *binding) (course, error) {
	c := &cascade{combine: d.Combine}
	if b.count == nil {
		b.count = new(int)
	}
	for i, l := range d.Methods {
		path := fmt.Sprintf("methods[%d].method", i)
		if slices.Contains(b.within, l.Method) {
			return nil, fault(path, "method %d contains itself", l.Method)
		}
		if *b.count++; *b.count > maxCascade {
			return nil, fault(path, "there are more than %d methods in it", maxCascade)
		}
		if b.Methods == nil {
			return nil, fault(path, "method %d is unknown", l.Method)
		}
		inner, err := b.Methods(l.Method)
		if err != nil {
			return nil, fault(path, "method %d: %v", l.Method, err)
		}
		below := *b
		below.within = append(slices.Clip(b.within), l.Method)
		part, err := inner.compile(&below)
		if err != nil {
			return nil, fault(path, "method %d: %v", l.Method, err)
		}
		c.parts, c.weights = append(c.parts, part), append(c.weights, l.Weight)
	}
	return c, nil
}

// at has a value while all its parts have one. It has ended once all have, or one has and left no value.
func (c *cascade) at(t time.Time) Value {
	result := Value{OK: true, Ended: true}
	for i, p := range c.parts {
		v := p.at(t)
		if !v.OK && v.Ended {
			return Value{Ended: true}
		}
		result.OK = result.OK && v.OK
		result.Ended = result.Ended && v.Ended
		x := v.V * c.weights[i]
		switch {
		case i == 0:
			result.V = x
		case c.combine == Sum:
			result.V += x
		case c.combine == Minimum:
			result.V = math.Min(result.V, x)
		case c.combine == Maximum:
			result.V = math.Max(result.V, x)
		default:
			result.V *= x
		}
	}
	return result
}
