/** Whether a value has come to rest: over a window it neither climbs nor scatters beyond what counts for its quantity. */
import type { Method } from './solutions'

export interface Rest {
  steady: boolean
  /** Mean of the window; null while there are too few values. */
  mean: number | null
  /** Half the way from the lowest to the highest of the window. */
  spread: number | null
  /** Per minute. */
  slope: number | null
  /** How far on the way to a verdict, 0 to 1. */
  share: number
}

interface Limits {
  slope: number
  spread: number
}

const WINDOW_MS = 30_000
const LEAST = 5

/** pH 0.02 a minute is what electrode makers ask for; the others in parts of the value. */
export function limitsOf(method: Method, value: number, step: number): Limits {
  if (method === 'ph') return { slope: 0.03, spread: 0.02 }
  const part = method === 'ec' ? 0.005 : method === 'do' ? 0.01 : 0.005
  const least = Math.max(step * 2, Math.abs(value) * part)
  return { slope: least * 2, spread: least }
}

/** The newest values, for a device that reports seldom: at least LEAST of them, however long that took. */
function recent(t: number[], v: number[]): { t: number[]; v: number[] } {
  const last = t.at(-1) ?? 0
  const first = t.findIndex((at) => at >= last - WINDOW_MS)
  const from = Math.max(0, Math.min(first, t.length - LEAST))
  return { t: t.slice(from), v: v.slice(from) }
}

/** Least squares, per minute. */
function slopeOf(t: number[], v: number[]): number {
  const n = t.length
  const mt = t.reduce((a, b) => a + b, 0) / n
  const mv = v.reduce((a, b) => a + b, 0) / n
  let up = 0
  let down = 0
  t.forEach((at, i) => {
    up += (at - mt) * ((v[i] ?? mv) - mv)
    down += (at - mt) ** 2
  })
  return down > 0 ? (up / down) * 60_000 : 0
}

export function restOf(allT: number[], allV: number[], method: Method, step: number): Rest {
  const { t, v } = recent(allT, allV)
  const last = t.at(-1)
  const span = last === undefined ? 0 : last - (t[0] ?? last)
  const filled = Math.min(1, t.length / LEAST, span / (WINDOW_MS * 0.8))
  if (t.length < 2) return { steady: false, mean: null, spread: null, slope: null, share: filled }
  const mean = v.reduce((a, b) => a + b, 0) / v.length
  const spread = (Math.max(...v) - Math.min(...v)) / 2
  const slope = slopeOf(t, v)
  const limits = limitsOf(method, mean, step)
  const quiet = Math.abs(slope) <= limits.slope && spread <= limits.spread
  const calm = Math.min(1, limits.slope / Math.max(Math.abs(slope), 1e-12), limits.spread / Math.max(spread, 1e-12))
  return { steady: filled >= 1 && quiet, mean, spread, slope, share: Math.min(filled, quiet ? 1 : 0.95 * calm) }
}
