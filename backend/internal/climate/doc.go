// Package climate computes what follows from the temperature, humidity and pressure of air: dew point, vapour pressure
// deficit, absolute humidity and their kin.
//
// # Units
//
// Temperatures are in °C, relative humidities in percent and always over liquid water (also below 0 °C, as the WMO
// defines them and sensors report them), pressures in hPa, deficits in kPa. Each function says the unit of its result.
//
// # Errors
//
// Every function has a range in which its formula holds. Outside of it, and for NaN and infinities, the answer is a
// [RangeError] that names the quantity and the range; nothing is clamped. [ErrNone] says that the quantity does not exist
// for this air, such as the frost point of warm, moist air. With an error the value is NaN.
//
// # Accuracy
//
// Saturation pressures are Sonntag's (Z. Meteorol. 70 (1990) 340), which agree with the IAPWS equation (Wagner & Pruss
// 1993) within 0.003 % from 0 to 100 °C; the Magnus formula of many sensor notes is 0.3 % off at 25 °C. The enhancement
// factor of moist air (0.4 % at 1000 hPa) is left out, as is usual. Sensors err by more: 2 % of humidity move a dew
// point by 0.6 °C.
//
// All functions are pure and may be called by any number of goroutines.
package climate
