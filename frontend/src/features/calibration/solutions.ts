/**
 * Reference solutions and what is true of them at their temperature. docs/calibration.md names the sources. Outside of a table there
 * is no value: nothing is carried on beyond its ends.
 */
export type Method = 'ph' | 'ec' | 'do' | 'generic'

export interface Solution {
  id: string
  method: Method
  /** At 25 °C, for its name. */
  nominal: number
  /** Value at a temperature in °C; null where nothing is known. In pH, µS/cm or mg/l. */
  at(celsius: number): number | null
  /** The temperature makes no difference, or the device takes it out itself. */
  steady?: boolean
}

type Table = [celsius: number, value: number][]

/** Between two lines of a table, a straight line. */
export function between(table: Table, celsius: number): number | null {
  for (let i = 1; i < table.length; i++) {
    const [a, va] = table[i - 1] ?? [NaN, NaN]
    const [b, vb] = table[i] ?? [NaN, NaN]
    if (celsius >= a && celsius <= b) return va + ((vb - va) * (celsius - a)) / (b - a)
  }
  return null
}

/** Primary standards of NIST (potassium hydrogen phthalate, phosphate, borax, carbonate), and the usual technical buffer of pH 7. */
const PHTHALATE: Table = [[0, 4.003], [5, 3.999], [10, 3.998], [15, 3.999], [20, 4.002], [25, 4.008], [30, 4.015], [35, 4.024], [40, 4.035], [50, 4.06]]
const PHOSPHATE: Table = [[0, 6.984], [5, 6.951], [10, 6.923], [15, 6.9], [20, 6.881], [25, 6.865], [30, 6.853], [35, 6.844], [40, 6.838], [50, 6.833]]
const BORAX: Table = [[0, 9.464], [5, 9.395], [10, 9.332], [15, 9.276], [20, 9.225], [25, 9.18], [30, 9.139], [35, 9.102], [40, 9.068], [50, 9.011]]
const CARBONATE: Table = [[0, 10.317], [5, 10.245], [10, 10.179], [15, 10.118], [20, 10.062], [25, 10.012], [30, 9.966], [35, 9.925], [40, 9.889], [50, 9.828]]
const TECHNICAL_7: Table = [[0, 7.12], [5, 7.09], [10, 7.06], [15, 7.04], [20, 7.02], [25, 7.0], [30, 6.99], [35, 6.98], [40, 6.97], [50, 6.97]]

const buffer = (id: string, nominal: number, table: Table): Solution => ({ id, method: 'ph', nominal, at: (celsius) => between(table, celsius) })
/** Nearly every conductivity meter reports what would be at 25 °C. */
const standard = (id: string, nominal: number): Solution => ({ id, method: 'ec', nominal, at: () => nominal, steady: true })

const ZERO_KELVIN = -273.15
/** Oxygen in fresh water that is saturated with air of 1 atm, mg/l, 0 to 40 °C (Benson and Krause, as in Standard Methods 4500-O). */
export function saturation(celsius: number): number | null {
  if (!(celsius >= 0 && celsius <= 40)) return null
  const t = celsius - ZERO_KELVIN
  return Math.exp(-139.34411 + 1.575701e5 / t - 6.642308e7 / t ** 2 + 1.2438e10 / t ** 3 - 8.621949e11 / t ** 4)
}

export const SOLUTIONS: Solution[] = [
  buffer('ph4', 4.01, PHTHALATE),
  buffer('ph686', 6.86, PHOSPHATE),
  buffer('ph7', 7.0, TECHNICAL_7),
  buffer('ph918', 9.18, BORAX),
  buffer('ph10', 10.01, CARBONATE),
  standard('ec0', 0),
  standard('ec84', 84),
  standard('ec1413', 1413),
  standard('ec2764', 2764),
  standard('ec12880', 12_880),
  { id: 'do_air', method: 'do', nominal: 8.26, at: saturation },
  { id: 'do_zero', method: 'do', nominal: 0, at: () => 0, steady: true },
]

/** How many µS/cm one of the unit is. */
const EC_UNITS: Record<string, number> = { uS_cm: 1, mS_cm: 1000, dS_m: 1000, S_m: 10_000 }

const METHODS: Record<string, Method> = { ion_concentration: 'ph', electrical_conductivity: 'ec', dissolved_oxygen: 'do' }
export const methodFor = (quantity: string, unit: string): Method => {
  const method = METHODS[quantity] ?? 'generic'
  // Oxygen in per cent of saturation has references of its own, which are typed.
  if (method === 'do' && !/mg|ppm/i.test(unit)) return 'generic'
  return method === 'ec' && !(unit in EC_UNITS) ? 'generic' : method
}
export const inUnit = (solution: Solution, value: number, unit: string): number => (solution.method === 'ec' ? value / (EC_UNITS[unit] ?? 1) : value)

/** What one begins with: two for pH around neutral, the usual one for the rest. */
export const START: Record<Method, string[]> = { ph: ['ph7', 'ph4'], ec: ['ec1413'], do: ['do_air'], generic: [''] }
