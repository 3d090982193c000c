// Package calibrate makes a correction of what a device said in reference solutions, and judges the device by it.
//
// Raw values and references are in the device's unit. One point moves the zero, two draw a line through both, more the line
// that fits them best; nothing bends, for nobody can vouch for a curve between three solutions.
//
// The verdicts follow what makers of electrodes print: a pH electrode is good with 95 to 105 % of the Nernst slope and within
// 15 mV of zero at pH 7, and at its end below 85 % or beyond 30 mV. docs/calibration.md names the sources.
package calibrate
