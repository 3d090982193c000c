// Package method computes set-points that change with time.
//
//	spec := method.Spec()                    // options, JSON Schema
//	var d method.Definition
//	err := spec.Decode(raw, &d)              // an option.Errors: "points[2].at: ..."
//	m, err := method.New(d, method.Context{Start: begun, Zone: zone, Place: &place, Methods: lookUp})
//	v := m.At(time.Now())                    // v.OK false: there is no set-point now
//
// # Kinds
//
//   - daily: points over the local day, from each to the next as a step, a line or a smooth curve, or with none
//   - duration: steps since the start, once, n times or for ever
//   - date: points on the calendar
//   - sine: a wave over the local day
//   - bezier: one cubic curve over the local day
//   - cascade: the product, sum, least or greatest of other methods
//   - sun_following: a night value and a day value between sunrise and sunset
//   - csv: points of a daily, duration or date method from a table
//
// # Days of 23 and 25 hours
//
// Times of the day are those of the local clock (see package wallclock). Between two of them real time passes: where the
// clocks change, a ramp from 00:00 to 06:00 takes five or seven hours and stays a straight line; nothing jumps and nothing
// is done twice. Durations are real time throughout.
//
// # No value
//
// Before its start, after its end, in a gap that its user has left, and on a day without sunrise for which no other times
// are given, a method has no value; OK is false, and what follows the method must not guess one.
//
// A [Method] never changes, so any number of goroutines may use it.
package method
