/** Numbers as a person reads them: as many decimals as the sensor resolves, thin spaces in thousands, a real minus, and an en dash for nothing. */

export const MISSING = '–'
const THIN_SPACE = '\u202f'
const MINUS = '\u2212'

const formats = new Map<string, Intl.NumberFormat>()

function formatter(locale: string, decimals: number): Intl.NumberFormat {
  const key = `${locale}/${decimals}`
  let format = formats.get(key)
  if (!format) {
    format = new Intl.NumberFormat(locale, {
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
      useGrouping: 'min2',
    })
    formats.set(key, format)
  }
  return format
}

/** The value with exactly `decimals` places (0 to 9); MISSING for null, undefined, NaN and infinities. */
export function formatNumber(value: number | null | undefined, decimals = 1, locale = 'en'): string {
  if (value === null || value === undefined || !Number.isFinite(value)) return MISSING
  const places = Math.min(9, Math.max(0, Math.trunc(decimals)))
  const parts = formatter(locale, places).formatToParts(value)
  const text = parts.map((p) => (p.type === 'group' ? THIN_SPACE : p.type === 'minusSign' ? MINUS : p.value)).join('')
  return /[1-9]/.test(text) ? text : text.replace(MINUS, '')
}

const LARGE = 10_000

/** A measured value: its sensor's decimals, none where they would say nothing: 24 174 MB, not 24 174.8. */
export const formatValue = (value: number | null | undefined, decimals = 1, locale = 'en'): string =>
  formatNumber(value, value !== null && value !== undefined && Math.abs(value) >= LARGE ? 0 : decimals, locale)

/** A number without needless zeros, for limits and targets: 24, 24.5. */
export function formatPlain(value: number | null | undefined, decimals = 6, locale = 'en'): string {
  const text = formatNumber(value, decimals, locale)
  return text.includes('.') ? text.replace(/\.?0+$/, '') : text
}

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
