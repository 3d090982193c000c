// Package sun tells where the sun stands, when it rises and sets, when the three twilights begin and end, and how much of
// the moon is lit.
//
// # No event, no time
//
// Beyond the polar circles there are days without sunrise, and in northern summers nights without darkness. Then a
// [Crossing] has no time and says whether the sun stays above or below; [Next] goes on to the next day that has the event.
// Nothing invents a time, so whoever switches a lamp "after sunset" must say what holds on a day without one.
//
// # Days
//
// A solar day goes from one lower transit to the next, around its noon. [DayOf] takes the one that belongs to the local date
// of the time it is given, in the zone of that time: the zone decides what "today" is. Dawn and sunrise may lie on the date
// before, sunset and dusk on the date after (in Reykjavik the June sun sets past midnight).
//
// # Accuracy
//
// Formulas of NOAA's solar calculator, after Meeus, Astronomical Algorithms: within 0.015° and, for times, 18 s of libastro
// at latitudes up to 70°, 32 s at 78°, in the years 1901 to 2099. The air's refraction at the horizon is taken as 0.567°,
// whereas real air moves a sunrise by a minute or two. Height of the place and its horizon are not considered.
//
// All functions are pure and may be called by any number of goroutines.
package sun
