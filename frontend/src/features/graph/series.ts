/** Readings as a graph draws them: one line of means, an area from min to max, holes where nothing was measured. Times in ms. */
import type { Series } from '@/api/types'
import { indexAt, push, toTiles, type Points } from './tiles/tile'
import type { Piece } from './tiles/store'

export interface GraphSeries extends Points {
  channel: number
  unit: string
  /** Width of a bucket, null when these are the readings themselves. */
  bucketMs: number | null
  /** Silence longer than this is a gap. */
  gapMs: number
}

/** Silence this many times as long as a channel may be silent is a gap. */
const SILENCE = 3

export interface JoinOptions {
  /** Added to every time, in ms. */
  shift?: number
  /** To the unit that is shown. */
  convert?: ((value: number) => number) | null
}

/** Puts pieces together; `expectedMs` is how often the channel should speak. */
export function joined(channel: number, unit: string, pieces: Piece[], expectedMs: number, { shift = 0, convert }: JoinOptions = {}): GraphSeries {
  const newest = pieces.findLast((piece) => piece.end > piece.start) ?? pieces.at(-1)
  const silence = expectedMs * SILENCE
  const gapMs = Math.max(silence, newest?.tile.gap ?? 0, 1)
  const out: GraphSeries = { channel, unit, bucketMs: newest?.tile.width ?? null, gapMs, t: [], mean: [], min: [], max: [], count: [] }
  let before = -Infinity
  let beforeGap = 0
  const show = (value: number | null | undefined) => (value === null || value === undefined ? null : convert ? convert(value) : value)
  for (const { tile, start, end } of pieces) {
    const gap = Math.max(silence, tile.gap, 1)
    for (let i = start; i < end; i++) {
      const t = tile.t[i] ?? 0
      if (t <= before) continue
      const most = Math.max(gap, beforeGap)
      if (before !== -Infinity && t - before > most) push(out, before + Math.max(1, Math.min(most / 3, (t - before) / 2)) + shift, null, null, null, null)
      push(out, t + shift, show(tile.mean[i]), show(tile.min[i]), show(tile.max[i]), tile.count[i] ?? 1)
      before = t
      beforeGap = gap
    }
  }
  return out
}

/** Makes a drawable series of a single answer. */
export function toGraphSeries(series: Series, expectedMs: number): GraphSeries {
  const from = series.t[0] ?? 0
  const to = (series.t.at(-1) ?? 0) + 1
  const width = series.raw ? 1 : Math.max(1, smallestStep(series.t))
  const [tile] = toTiles(series, from, to - from, 1, width, 0)
  return joined(series.channel, series.unit, tile ? [{ tile, start: 0, end: tile.t.length }] : [], expectedMs)
}

const smallestStep = (t: number[]) => t.slice(1).reduce((least, x, i) => Math.min(least, x - (t[i] ?? x)), Infinity)

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

/** Is there anything to see of a series between two times: a reading, or a line that crosses them? */
export function seenBetween(s: GraphSeries, from: number, to: number): boolean {
  const before = indexAt(s.t, from)
  for (let i = Math.max(0, before + 1); i < s.t.length && (s.t[i] ?? 0) <= to; i++) if (s.mean[i] !== null) return true
  return s.mean[before] != null && s.mean[before + 1] != null
}

/** The newest value at or before a moment. */
export function newestAt(s: GraphSeries, at: number): Reading | null {
  for (let i = indexAt(s.t, at); i >= 0; i--) {
    const mean = s.mean[i]
    if (mean !== null && mean !== undefined) return { t: s.t[i] ?? 0, mean, min: s.min[i] ?? null, max: s.max[i] ?? null }
  }
  return null
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
