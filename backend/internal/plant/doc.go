// Package plant is a simulated grow tent: air, soil, light and the weather outside, with a heater, a humidifier, an
// exhaust fan, a lamp and a drip pump. The demo runs on it, so that regulation can be seen without hardware.
//
// The tent is 1.2 m x 1.2 m x 2 m and stands in an unheated shed. Its model has five states (temperature of the air and of
// the soil, water in the air and in the soil, carbon dioxide) whose balances are in physics.go; the numbers are those of
// common equipment, so that it answers as a real tent does: the heater lifts a cool tent by one degree in the first
// minute, and the humidifier cools while it moistens.
//
// Time passes when somebody looks or switches: the model then steps, second by second, up to that moment. The same calls
// at the same moments always give the same results.
package plant
