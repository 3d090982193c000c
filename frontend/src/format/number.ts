/** Numbers as a person reads them: as many decimals as the sensor resolves, thin spaces in thousands, a real minus, and an en dash for nothing. */
import { formatLocale } from './locale'

export const MISSING = '–'
const THIN_SPACE = '\u202f'
const MINUS = '\u2212'

const formats = new Map<string, Intl.NumberFormat>()

function formatter(locale: string, least: number, most: number): Intl.NumberFormat {
  const key = `${locale}/${least}/${most}`
  let format = formats.get(key)
  if (!format) {
    format = new Intl.NumberFormat(locale, { minimumFractionDigits: least, maximumFractionDigits: most, useGrouping: 'min2', numberingSystem: 'latn' })
    formats.set(key, format)
  }
  return format
}

function write(value: number | null | undefined, least: number, most: number, locale: string): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return MISSING
  const parts = formatter(locale, least, most).formatToParts(value)
  const text = parts.map((p) => (p.type === 'group' ? THIN_SPACE : p.type === 'minusSign' ? MINUS : p.value)).join('')
  return /[1-9]/.test(text) ? text : text.replace(MINUS, '')
}

const places = (decimals: number) => Math.min(9, Math.max(0, Math.trunc(decimals)))

/** The value with exactly `decimals` places (0 to 9); MISSING for null, undefined, NaN and infinities. */
export const formatNumber = (value: number | null | undefined, decimals = 1, locale = formatLocale()): string => write(value, places(decimals), places(decimals), locale)

const LARGE = 10_000

/** A measured value: its sensor's decimals, none where they would say nothing: 24 174 MB, not 24 174.8. */
export const formatValue = (value: number | null | undefined, decimals = 1, locale = formatLocale()): string =>
  formatNumber(value, value !== null && value !== undefined && Math.abs(value) >= LARGE ? 0 : decimals, locale)

/** A number without needless zeros, for limits and targets: 24, 24.5. */
export const formatPlain = (value: number | null | undefined, decimals = 6, locale = formatLocale()): string => write(value, 0, places(decimals), locale)

/** A number to be changed in a field: like formatPlain, but nothing stands between its digits. */
export const formatEdit = (value: number, decimals = 9): string => formatPlain(value, decimals).replaceAll(THIN_SPACE, '')

/** How much the display moves with the value's size: a spread of 0.02 needs two more places than one of 20. */
export function decimalsFor(spread: number, most = 4): number {
  if (!(spread > 0) || !Number.isFinite(spread)) return 0
  return Math.min(most, Math.max(0, 1 - Math.floor(Math.log10(spread))))
}

/** What someone typed into a number field; a comma counts as the decimal point. Null when it is no number. */
export function parseNumber(text: string): number | null {
  const plain = text.trim().replace(/[\s\u00a0\u202f]/g, '').replace(',', '.').replace(MINUS, '-')
  if (!/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(plain)) return null
  const value = Number(plain)
  return Number.isFinite(value) ? value : null
}

const STEPS = ['B', 'kB', 'MB', 'GB', 'TB'] as const

/** Bytes in the largest fitting decimal unit: [12.4, "MB"]. */
export function splitBytes(bytes: number): { value: string; unit: (typeof STEPS)[number] } {
  let value = bytes
  let step = 0
  while (value >= 1000 && step < STEPS.length - 1) {
    value /= 1000
    step += 1
  }
  return { value: formatNumber(value, step === 0 || value >= 100 ? 0 : 1), unit: STEPS[step] ?? 'B' }
}

/** 12.4 MB */
export const formatBytes = (bytes: number): string => Object.values(splitBytes(bytes)).join(' ')
