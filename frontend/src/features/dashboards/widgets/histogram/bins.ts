/** How often a value was where. */
import type { Limits } from '../parts/readingState'
import type { Weighted } from '../parts/buckets'
import { niceAbove } from '../parts/scale'

export interface Bin {
  from: number
  to: number
  /** Share of all readings, 0 to 1. */
  share: number
}

export interface Histogram {
  bins: Bin[]
  mean: number
  count: number
  /** Share of the readings inside the band; null without one. */
  inside: number | null
}

/** Bins of a round width between the least and the greatest; about as many as asked for. Null when nothing was measured. */
export function histogramOf(readings: Weighted[], wanted: number, limits: Limits | null): Histogram | null {
  const count = readings.reduce((sum, { n }) => sum + n, 0)
  if (!count) return null
  const least = readings.reduce((low, { v }) => Math.min(low, v), Infinity)
  const most = readings.reduce((high, { v }) => Math.max(high, v), -Infinity)
  const width = most > least ? niceAbove((most - least) / Math.max(1, wanted)) : niceAbove(Math.abs(most) * 0.01)
  const start = Math.floor(least / width + 1e-9)
  const length = Math.floor(most / width + 1e-9) - start + 1
  const sums = new Array<number>(length).fill(0)
  let total = 0
  let inside = 0
  for (const { v, n } of readings) {
    const at = Math.min(length - 1, Math.max(0, Math.floor(v / width + 1e-9) - start))
    sums[at] = (sums[at] ?? 0) + n
    total += v * n
    if (limits && v >= (limits.min ?? -Infinity) && v <= (limits.max ?? Infinity)) inside += n
  }
  return {
    bins: sums.map((n, i) => ({ from: (start + i) * width, to: (start + i + 1) * width, share: n / count })),
    mean: total / count,
    count,
    inside: limits ? inside / count : null,
  }
}
