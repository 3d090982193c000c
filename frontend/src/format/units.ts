/**
 * Values in the unit that their reader wants. Conversion happens where something is drawn or typed, nowhere else: what is stored and
 * sent has the channel's own unit.
 */
import type { Unit } from '@/api/types'
import { reader, type Reader } from './reader'

/** Units that people choose among for one sort of thing. `from` are those that a choice replaces; a kPa is a VPD's as often as a pressure's. */
interface Family {
  id: string
  choices: readonly string[]
  from: readonly string[]
  /** Replaced only where the channel measures this. */
  only?: Readonly<Record<string, readonly string[]>>
  metric?: string
  imperial?: string
}

export const families: readonly Family[] = [
  { id: 'temperature', choices: ['C', 'F', 'K'], from: ['C', 'F', 'K', 'R'], metric: 'C', imperial: 'F' },
  {
    id: 'pressure', choices: ['hPa', 'mbar', 'kPa', 'inHg', 'mmHg', 'psi'], from: ['hPa', 'mbar', 'inHg', 'mmHg', 'atm', 'torr'],
    only: { Pa: ['pressure'], kPa: ['pressure'], psi: ['pressure'], bar: ['pressure'] }, metric: 'hPa', imperial: 'inHg',
  },
  { id: 'volume', choices: ['l', 'gal', 'gal_uk', 'qt'], from: ['l', 'gal', 'gal_uk', 'qt', 'pt'], metric: 'l', imperial: 'gal' },
  { id: 'dose', choices: ['ml', 'floz'], from: ['ml', 'floz', 'cm3'], metric: 'ml', imperial: 'floz' },
  { id: 'flow', choices: ['l_min', 'l_h', 'gal_min', 'gal_h'], from: ['l_min', 'l_h', 'l_s', 'gal_min', 'gal_h'], metric: 'l_min', imperial: 'gal_min' },
  { id: 'length', choices: ['cm', 'mm', 'in'], from: ['cm', 'mm', 'in'], metric: 'cm', imperial: 'in' },
  { id: 'distance', choices: ['m', 'ft', 'km', 'mi'], from: ['m', 'ft', 'yd', 'km', 'mi'], metric: 'm', imperial: 'ft' },
  { id: 'speed', choices: ['m_s', 'km_h', 'mph', 'kn'], from: ['m_s', 'km_h', 'mph', 'kn', 'ft_s'], metric: 'm_s', imperial: 'mph' },
  { id: 'mass', choices: ['kg', 'g', 'lb', 'oz'], from: ['kg', 'g', 'lb', 'oz'] },
  { id: 'conductivity', choices: ['uS_cm', 'mS_cm', 'CF', 'ppm_500', 'ppm_640', 'ppm_700'], from: ['uS_cm', 'mS_cm', 'dS_m', 'CF', 'ppm_500', 'ppm_640', 'ppm_700'] },
  { id: 'light', choices: ['lux', 'klux', 'fc'], from: ['lux', 'klux', 'fc'] },
  { id: 'hardness', choices: ['dH', 'f_dH', 'e_dH', 'mg_L_CaCO3'], from: ['dH', 'f_dH', 'e_dH', 'mg_L_CaCO3'] },
]

const masses: Readonly<Record<string, string>> = { kg: 'lb', g: 'oz' }
const kilos: Readonly<Record<string, string>> = { lb: 'kg', oz: 'g' }
/** Differences follow what they are differences of. */
const deltas: Readonly<Record<string, string>> = { C: 'delta_C', F: 'delta_F', K: 'delta_C' }

/** What is measured: the unit of the channel, and where they are known its quantity and the places its sensor resolves. */
export interface Measured {
  quantity?: string
  decimals?: number
}

export interface Display {
  unit: string
  symbol: string
  decimals: number
  /** True when nothing is converted. */
  same: boolean
  /** Another unit is wanted and the factors are not here yet: there is no value to show, rather than one of another unit. */
  pending?: boolean
  convert: (value: number) => number
  /** What somebody typed, in the channel's unit. */
  back: (value: number) => number
  /** A difference: without the unit's zero. */
  span: (difference: number) => number
  spanBack: (difference: number) => number
}

/** The unit a reader wants for one; undefined: as it is. */
export function wanted(unit: string, quantity: string | undefined, { units, unitOf }: Pick<Reader, 'units' | 'unitOf'>): string | undefined {
  if (unit === 'delta_C' || unit === 'delta_F') return deltas[wanted(unit === 'delta_C' ? 'C' : 'F', undefined, { units, unitOf }) ?? '']
  const family = families.find(({ from, only }) => from.includes(unit) || (quantity !== undefined && only?.[unit]?.includes(quantity)))
  if (!family) return undefined
  const chosen = unitOf[family.id]
  if (chosen && family.choices.includes(chosen)) return chosen
  if (units === 'stored') return undefined
  if (family.id === 'mass') return (units === 'imperial' ? masses : kilos)[unit]
  return family[units]
}

const indexes = new WeakMap<object, Map<string, Unit>>()
/** The units by id; made once for each answer of the server. */
export function indexOf(units: readonly Unit[]): Map<string, Unit> {
  let index = indexes.get(units)
  if (!index) indexes.set(units, (index = new Map(units.map((unit) => [unit.id, unit]))))
  return index
}

const same = (value: number) => value
/** Half a step of grace: 0.1 °C is 0.18 °F, and is shown with one place; 0.1 hPa is 0.003 inHg, and is shown with two. */
const GRACE = 0.1
const MOST_PLACES = 6

/** How values in `unit` are shown to this reader. Without the units' factors, or between units that do not convert, as they are. */
export function displayOf(unit: string, known: Measured, units: ReadonlyMap<string, Unit>, who: Pick<Reader, 'units' | 'unitOf'> = reader.value): Display {
  const from = units.get(unit)
  const as = (shown: Unit | undefined): Display => ({
    unit, symbol: shown?.symbol ?? unit.replaceAll('_', ' '), decimals: known.decimals ?? shown?.decimals ?? 1, same: true, convert: same, back: same, span: same, spanBack: same,
  })
  const wish = wanted(unit, known.quantity, who)
  if (!units.size && wish && wish !== unit) return { ...as(undefined), symbol: '', same: false, pending: true, convert: () => NaN, back: () => NaN }
  const to = units.get(wish ?? unit)
  if (!from || !to || to === from || to.base !== from.base || !to.scale) return as(from)
  const factor = from.scale / to.scale
  const resolved = (known.decimals ?? from.decimals) - Math.log10(Math.abs(factor)) - GRACE
  return {
    unit: to.id,
    symbol: to.symbol,
    decimals: Math.min(MOST_PLACES, Math.max(0, Math.round(resolved))),
    same: false,
    convert: (value) => (value * from.scale + (from.offset - to.offset)) / to.scale,
    back: (value) => (value * to.scale + (to.offset - from.offset)) / from.scale,
    span: (difference) => difference * factor,
    spanBack: (difference) => difference / factor,
  }
}

/** A value that may be missing. */
export const shown = (display: Display, value: number | null | undefined): number | null => (value === null || value === undefined ? null : display.convert(value))
