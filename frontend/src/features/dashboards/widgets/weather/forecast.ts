/**
 * What the air's pressure and its tendency say about the next half day: the rule of the Zambretti forecaster (Negretti & Zambra,
 * London 1915), in the straight lines that are usually fitted to its dial: 127 - 0.12 p falling, 144 - 0.13 p steady, 185 - 0.16 p
 * rising, p in hPa at sea level. Made for the mid-latitudes of the north; a rule of thumb, which the tile says.
 * How fast a pressure changes is named as the United Kingdom's Met Office does in its shipping forecast (hPa in three hours).
 */
export type Tendency = 'rising_fast' | 'rising' | 'rising_slowly' | 'steady' | 'falling_slowly' | 'falling' | 'falling_fast'
export type Outlook = 'settled' | 'fine' | 'fair' | 'improving' | 'showers_later' | 'showers' | 'changeable' | 'unsettled' | 'rain' | 'stormy'

export const TENDENCY_HOURS = 3
const SLOW = 0.1
const CLEAR = 1.6
const FAST = 3.6

/** `change` in hPa over three hours. */
export function tendencyOf(change: number): Tendency {
  const size = Math.abs(change)
  if (size < SLOW) return 'steady'
  const way = change > 0 ? 'rising' : 'falling'
  return size < CLEAR ? `${way}_slowly` : size < FAST ? way : `${way}_fast`
}

/** The pressure at sea level of one measured at an altitude (m), by the barometric formula; temperature in °C, 15 where it is not known. */
export function seaLevel(hPa: number, altitude: number, celsius = 15): number {
  const kelvin = celsius + 273.15 + 0.0065 * altitude
  return hPa * (1 - (0.0065 * altitude) / kelvin) ** -5.257
}

const falling: Outlook[] = ['settled', 'fine', 'fair', 'showers_later', 'showers', 'unsettled', 'rain', 'rain', 'stormy']
const steady: Outlook[] = ['settled', 'fine', 'fair', 'showers_later', 'showers', 'changeable', 'unsettled', 'rain', 'rain', 'stormy']
const rising: Outlook[] = ['settled', 'fine', 'improving', 'improving', 'fair', 'improving', 'changeable', 'changeable', 'unsettled', 'unsettled', 'rain', 'stormy', 'stormy']
const at = (list: Outlook[], z: number, first: number): Outlook => list[Math.min(list.length - 1, Math.max(0, Math.round(z) - first))] ?? 'changeable'

/** The dial was drawn for 950 to 1050 hPa; beyond that nothing is said. `summer` is that of the place. */
export function outlookOf(hPa: number, change: number, summer: boolean): Outlook | null {
  if (!Number.isFinite(hPa) || hPa < 920 || hPa > 1070) return null
  // A rise counts for more in summer and a fall for more in winter.
  if (change >= CLEAR) return at(rising, 185 - 0.16 * hPa - (summer ? 1 : 0), 20)
  if (change <= -CLEAR) return at(falling, 127 - 0.12 * hPa + (summer ? 0 : 1), 1)
  return at(steady, 144 - 0.13 * hPa, 10)
}

/** April to September is summer in the north. */
export const isSummer = (at: number, south: boolean): boolean => [3, 4, 5, 6, 7, 8].includes(new Date(at).getMonth()) !== south

/** Dew point in °C by the Magnus formula (WMO guide no. 8: 17.62, 243.12 °C); null outside of what it holds for. */
export function dewPoint(celsius: number, humidity: number): number | null {
  if (!(humidity > 0) || humidity > 100 || celsius < -45 || celsius > 60) return null
  const g = (17.62 * celsius) / (243.12 + celsius) + Math.log(humidity / 100)
  return (243.12 * g) / (17.62 - g)
}

const inHPa: Record<string, number> = { hPa: 1, mbar: 1, Pa: 0.01, kPa: 10, bar: 1000, mmHg: 1.333224, inHg: 33.86389, psi: 68.94757 }
/** A pressure in hPa; null for a unit that is none of pressure. */
export const toHPa = (value: number, unit: string): number | null => (inHPa[unit] === undefined ? null : value * inHPa[unit])
/** A temperature in °C; null for another unit. */
export const toCelsius = (value: number, unit: string): number | null => (unit === 'C' ? value : unit === 'F' ? ((value - 32) * 5) / 9 : unit === 'K' ? value - 273.15 : null)
export const fromCelsius = (celsius: number, unit: string): number => (unit === 'F' ? (celsius * 9) / 5 + 32 : unit === 'K' ? celsius + 273.15 : celsius)

export const outlookIcons: Record<Outlook, string> = {
  settled: 'i-lucide-sun',
  fine: 'i-lucide-sun',
  fair: 'i-lucide-cloud-sun',
  improving: 'i-lucide-cloud-sun',
  showers_later: 'i-lucide-cloud-sun-rain',
  showers: 'i-lucide-cloud-drizzle',
  changeable: 'i-lucide-cloudy',
  unsettled: 'i-lucide-cloud-rain',
  rain: 'i-lucide-cloud-rain-wind',
  stormy: 'i-lucide-cloud-lightning',
}
