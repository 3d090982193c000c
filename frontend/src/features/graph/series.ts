/** Readings as a graph draws them: one line of means, an area from min to max, holes where nothing was measured. Times in ms. */
import type { Series } from '@/api/types'

type Points = (number | null)[]

export interface GraphSeries {
  channel: number
  unit: string
  /** Width of a bucket, null when these are the readings themselves. */
  bucketMs: number | null
  /** Silence longer than this is a gap. */
  gapMs: number
  t: number[]
  mean: Points
  min: Points
  max: Points
  count: (number | null)[]
}

/** The usual distance between points: the median, which a few gaps do not move. */
export function usualStep(t: number[]): number {
  const steps = t.slice(1).map((x, i) => x - (t[i] ?? x)).sort((a, b) => a - b)
  return steps[Math.floor(steps.length / 2)] ?? 0
}

/** Makes a drawable series of an answer; `expectedMs` is how often the channel should speak. */
export function toGraphSeries(series: Series, expectedMs: number): GraphSeries {
  const usual = usualStep(series.t)
  const bucketMs = series.raw ? null : Math.max(1, smallestStep(series.t))
  const gapMs = Math.max(expectedMs * 3, (bucketMs ?? usual) * (series.raw ? 4 : 2.5), 1)
  const out: GraphSeries = { channel: series.channel, unit: series.unit, bucketMs, gapMs, t: [], mean: [], min: [], max: [], count: [] }
  const mean = (series.raw ? series.v : series.mean) ?? []
  const usable = (i: number) => !series.q || ['', 'good', 'substituted'].includes(series.q[i] ?? '')
  series.t.forEach((t, i) => {
    const before = out.t.at(-1)
    if (before !== undefined && t - before > gapMs) push(out, before + Math.max(1, Math.min(gapMs / 3, (t - before) / 2)), null, null, null, null)
    const value = usable(i) ? (mean[i] ?? null) : null
    push(out, t, value, series.raw ? value : (series.min?.[i] ?? null), series.raw ? value : (series.max?.[i] ?? null), series.count?.[i] ?? 1)
  })
  return out
}

const smallestStep = (t: number[]) => t.slice(1).reduce((least, x, i) => Math.min(least, x - (t[i] ?? x)), Infinity)

function push(s: GraphSeries, t: number, mean: number | null, min: number | null, max: number | null, count: number | null) {
  s.t.push(t)
  s.mean.push(mean)
  s.min.push(min)
  s.max.push(max)
  s.count.push(count)
}

/** Adds a reading of now: as a point, or into the bucket it falls in. Older ones are the server's to place. True when drawn anew. */
export function appendReading(s: GraphSeries, t: number, v: number): boolean {
  const last = s.t.length - 1
  const at = s.t[last]
  if (at !== undefined && t <= at) return false
  if (s.bucketMs !== null && at !== undefined && Number.isFinite(s.bucketMs)) {
    if (t < at + s.bucketMs) {
      const n = s.count[last] ?? 0
      s.mean[last] = ((s.mean[last] ?? v) * n + v) / (n + 1)
      s.min[last] = Math.min(s.min[last] ?? v, v)
      s.max[last] = Math.max(s.max[last] ?? v, v)
      s.count[last] = n + 1
      return true
    }
    const start = at + Math.floor((t - at) / s.bucketMs) * s.bucketMs
    if (start - at > s.gapMs) push(s, at + s.bucketMs, null, null, null, null)
    push(s, start, v, v, v, 1)
    return true
  }
  if (at !== undefined && t - at > s.gapMs) push(s, at + Math.min(s.gapMs / 3, (t - at) / 2), null, null, null, null)
  push(s, t, v, v, v, 1)
  return true
}

/** Index of the last point at or before a time; -1 when there is none. */
export function indexAt(t: number[], at: number): number {
  let low = 0
  let high = t.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((t[middle] ?? Infinity) <= at) low = middle + 1
    else high = middle
  }
  return low - 1
}

export interface Reading {
  t: number
  mean: number | null
  min: number | null
  max: number | null
}

/** What the legend shows at a time: the bucket it lies in, or the nearest reading that is not a gap away. */
export function readAt(s: GraphSeries, at: number): Reading | null {
  let i = indexAt(s.t, at)
  if (s.bucketMs === null && i + 1 < s.t.length && (i < 0 || (s.t[i + 1] ?? 0) - at < at - (s.t[i] ?? 0))) i += 1
  const t = s.t[i]
  if (t === undefined || Math.abs(at - t) > s.gapMs) return null
  return { t, mean: s.mean[i] ?? null, min: s.min[i] ?? null, max: s.max[i] ?? null }
}

/** Units share a pane in pairs, the first on the left and the second on the right. */
export interface Pane {
  units: string[]
  channels: number[]
}

export function toPanes(channels: { id: number; unit: string }[]): Pane[] {
  const units = [...new Set(channels.map((c) => c.unit))]
  const panes: Pane[] = []
  for (let i = 0; i < units.length; i += 2) {
    const pair = units.slice(i, i + 2)
    panes.push({ units: pair, channels: channels.filter((c) => pair.includes(c.unit)).map((c) => c.id) })
  }
  return panes
}

/** A steady axis: it grows at once and shrinks only when the curve uses little of it. */
export function steadyRange(before: [number, number] | null, min: number, max: number, step = 0): [number, number] {
  // Ten of the smallest steps the sensor resolves: noise of the last digit must not look like weather.
  const least = step > 0 ? step * 10 : Math.max(Math.abs(min), Math.abs(max), 1) * 0.004
  const span = Math.max(max - min, least)
  const middle = (min + max) / 2
  const wanted: [number, number] = [middle - span * 0.58, middle + span * 0.58]
  if (!before || min < before[0] || max > before[1] || span < (before[1] - before[0]) * 0.5) return wanted
  return before
}
