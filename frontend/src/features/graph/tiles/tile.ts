/** A piece of a channel's history as the server gave it: readings, or buckets of one width. Times in ms. */
import type { Series } from '@/api/types'

export interface Points {
  t: number[]
  /** Null is what was measured but is not to be believed. */
  mean: (number | null)[]
  min: (number | null)[]
  max: (number | null)[]
  count: (number | null)[]
}

export interface Tile extends Points {
  from: number
  to: number
  /** Width of a bucket, null when these are the readings themselves. */
  width: number | null
  /** Silence longer than this is a gap; 0 where one point says nothing about that. */
  gap: number
  /** When it was asked for. */
  asked: number
}

const USABLE = new Set(['', 'good', 'substituted'])
/** Readings that come late by less than this many of their usual distances are no gap. */
const RAW_GAP = 4
const BUCKET_GAP = 2.5

/** The usual distance between points: the median, which a few gaps do not move. */
export function usualStep(t: number[]): number {
  const steps = t.slice(1).map((x, i) => x - (t[i] ?? x)).sort((a, b) => a - b)
  return steps[Math.floor(steps.length / 2)] ?? 0
}

/** Cuts an answer into tiles that begin at `from` and are `span` long. */
export function toTiles(series: Series, from: number, span: number, tiles: number, width: number, asked: number): Tile[] {
  const out: Tile[] = []
  const mean = (series.raw ? series.v : series.mean) ?? []
  const gap = series.raw ? usualStep(series.t) * RAW_GAP : width * BUCKET_GAP
  let i = 0
  for (let n = 0; n < tiles; n++) {
    const tile: Tile = { from: from + n * span, to: from + (n + 1) * span, width: series.raw ? null : width, gap, asked, t: [], mean: [], min: [], max: [], count: [] }
    for (; i < series.t.length && (series.t[i] ?? 0) < tile.to; i++) {
      const usable = !series.q || USABLE.has(series.q[i] ?? '')
      const value = usable ? (mean[i] ?? null) : null
      push(tile, series.t[i] ?? 0, value, series.raw ? value : (series.min?.[i] ?? null), series.raw ? value : (series.max?.[i] ?? null), series.count?.[i] ?? 1)
    }
    out.push(tile)
  }
  return out
}

export function push(s: Points, t: number, mean: number | null, min: number | null, max: number | null, count: number | null): void {
  s.t.push(t)
  s.mean.push(mean)
  s.min.push(min)
  s.max.push(max)
  s.count.push(count)
}

/** Index of the last time at or before a moment; -1 when there is none. */
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

/** Index of the first time at or after a moment. */
export const indexFrom = (t: number[], at: number): number => indexAt(t, at - 1e-6) + 1

/** Adds a reading of now to the tile of now. False when it is not this tile's, or older than what is there. */
export function addReading(tile: Tile, t: number, v: number): boolean {
  const last = tile.t.length - 1
  const at = tile.t[last]
  if (t < tile.from || t >= tile.to || (at !== undefined && t <= at)) return false
  if (tile.width !== null && at !== undefined && t < at + tile.width) {
    const n = tile.count[last] ?? 0
    tile.mean[last] = ((tile.mean[last] ?? v) * n + v) / (n + 1)
    tile.min[last] = Math.min(tile.min[last] ?? v, v)
    tile.max[last] = Math.max(tile.max[last] ?? v, v)
    tile.count[last] = n + 1
    return true
  }
  const start = tile.width === null ? t : tile.from + Math.floor((t - tile.from) / tile.width) * tile.width
  push(tile, start, v, v, v, 1)
  return true
}
