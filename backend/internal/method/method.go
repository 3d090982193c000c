package method

import (
	"fmt"
	"math"
	"time"

	"hypha/internal/option"
	"hypha/internal/sun"
)

// Context is what a definition needs to become a method.
type Context struct {
	Start time.Time      // when a duration method began; zero: it has not begun
	Zone  *time.Location // of the times of the day; nil: UTC
	Place *sun.Place     // for sun_following; nil: unknown
	// Methods returns the definition with that number, for cascades; nil: there are none. Its error is shown to the user.
	Methods func(id int64) (Definition, error)
}

// Value is a set-point at a moment.
type Value struct {
	V     float64 // nothing to be used unless OK
	OK    bool    // there is a set-point
	Ended bool    // nothing changes any more
}

// Method is a definition made ready.
type Method struct {
	course course
	zone   *time.Location
}

// course is the value over time. Times are in the method's zone.
type course interface {
	at(t time.Time) Value
}

// New makes a method of a definition that has its defaults. What the user has to change is an option.Errors.
func New(d Definition, c Context) (*Method, error) {
	if c.Zone == nil {
		c.Zone = time.UTC
	}
	compiled, err := d.compile(&binding{Context: c})
	if err != nil {
		return nil, err
	}
	return &Method{course: compiled, zone: c.Zone}, nil
}

// At is the set-point at t.
func (m *Method) At(t time.Time) Value {
	v := m.course.at(t.In(m.zone))
	if math.IsNaN(v.V) || math.IsInf(v.V, 0) { // a product may overflow
		v.OK = false
	}
	if !v.OK {
		v.V = 0
	}
	return v
}

// Sample is one point of a preview.
type Sample struct {
	T time.Time
	Value
}

// MaxSamples bounds a preview.
const MaxSamples = 10_000

// Preview returns n (2 to MaxSamples) values, evenly from one moment to a later one, both included.
func (m *Method) Preview(from, to time.Time, n int) ([]Sample, error) {
	switch {
	case n < 2 || n > MaxSamples:
		return nil, option.Errors{{Field: "points", Message: fmt.Sprintf("must be 2 to %d", MaxSamples)}}
	case !to.After(from):
		return nil, option.Errors{{Field: "to", Message: "must be later than from"}}
	}
	samples := make([]Sample, n)
	step := float64(to.Sub(from)) / float64(n-1)
	for i := range samples {
		t := from.Add(time.Duration(math.Round(step * float64(i))))
		samples[i] = Sample{T: t, Value: m.At(t)}
	}
	return samples, nil
}

// binding is the context on the way down through cascades.
type binding struct {
	Context
	within []int64 // the methods that are being compiled
	count  *int    // of all methods so far
}

// compile checks the definition and, with a binding, makes it ready. Without one nothing outside of it is looked at, and
// the course is not to be used.
func (d *Definition) compile(b *binding) (course, error) {
	if b == nil {
		b = &binding{Context: Context{Zone: time.UTC, Start: time.Time{}}}
		if d.Kind == Cascade {
			return nil, d.checkCascade()
		}
		if d.Kind == SunFollowing {
			b.Place = &sun.Place{}
		}
	}
	switch d.Kind {
	case Daily:
		return compileDaily(d.Points, b.Zone)
	case Duration:
		return compileLegs(d.Steps, d.Repeat, d.Then, b.Start), nil
	case Date:
		return compileDates(d.Points, d.Then, b.Zone)
	case Sine:
		return d.compileSine(b.Zone)
	case Bezier:
		return d.compileBezier(b.Zone)
	case Cascade:
		return d.compileCascade(b)
	case SunFollowing:
		return d.compileSun(b)
	case CSV:
		return d.compileTable(b)
	}
	return nil, option.Errors{{Field: "kind", Message: fmt.Sprintf("%q is no kind of method", d.Kind)}}
}

// along is the value a part x (0 to 1) of the way from a to b.
func (s Shape) along(a, b, x float64) Value {
	switch s {
	case None:
		return Value{}
	case Linear:
		return Value{V: a + (b-a)*x, OK: true}
	case Smooth:
		return Value{V: a + (b-a)*(1-math.Cos(math.Pi*x))/2, OK: true}
	case Step, Arc:
	}
	return Value{V: a, OK: true}
}

// part is how far t is on the way from a to b, 0 to 1.
func part(t, a, b time.Time) float64 {
	if !b.After(a) {
		return 0
	}
	return min(1, max(0, float64(t.Sub(a))/float64(b.Sub(a))))
}

func fault(field, format string, args ...any) option.Errors {
	return option.Errors{{Field: field, Message: fmt.Sprintf(format, args...)}}
}
