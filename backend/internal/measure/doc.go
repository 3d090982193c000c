// Package measure holds what a reading is and what its number means: quantities (temperature), units (C), the exact
// conversions between units, and the quality of a value.
//
// The ids of quantities and units are stable: they stand in settings, in the API and in users' scripts. The constants
// of this package name the built-in ones; [NewCatalogue] describes them and takes user-defined ones beside them.
//
// A conversion exists only where it is exact by definition. Lux never becomes µmol/(m²·s), mg/l never becomes ppm and
// ppm of a gas never becomes mg/m³: each of these needs knowledge (a spectrum, a density, a temperature) that no
// factor holds, and a plausible wrong number is worse than none.
//
// Everything here is safe for concurrent use; [Catalogue] locks itself, all else is a value.
package measure
