/** Readings as weighted values: one entry for each bucket with how many readings it stands for, or for each reading. */
import type { Series } from '@/api/types'

export interface Weighted {
  t: number
  v: number
  n: number
  min: number
  max: number
}

const usable = (series: Series, i: number) => !series.q || ['', 'good', 'substituted'].includes(series.q[i] ?? '')

export function weighted(series: Series | undefined): Weighted[] {
  if (!series) return []
  const values = (series.raw ? series.v : series.mean) ?? []
  return series.t.flatMap((t, i) => {
    const v = values[i]
    if (v === null || v === undefined || !Number.isFinite(v) || !usable(series, i)) return []
    const n = series.raw ? 1 : (series.count?.[i] ?? 1)
    return n > 0 ? [{ t, v, n, min: series.min?.[i] ?? v, max: series.max?.[i] ?? v }] : []
  })
}
