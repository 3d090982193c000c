/** Readings folded into hours of days. */
import type { Weighted } from '../parts/buckets'
import { dayStart, hourOf } from '../parts/days'

export type Stat = 'mean' | 'min' | 'max'

export interface Day {
  start: number
  /** 24 hours; null where nothing was measured. */
  hours: (number | null)[]
}

const HOURS = 24

/** The last days, the newest last; readings of before are left out. */
export function foldHours(readings: Weighted[], days: number, now: number, stat: Stat): Day[] {
  const rows = Array.from({ length: days }, (_, i) => ({
    start: dayStart(now, days - 1 - i),
    cells: Array.from({ length: HOURS }, () => ({ n: 0, sum: 0, min: Infinity, max: -Infinity })),
  }))
  const byStart = new Map(rows.map((row) => [row.start, row]))
  for (const { t, v, n, min, max } of readings) {
    const cell = byStart.get(dayStart(t))?.cells[hourOf(t)]
    if (!cell) continue
    cell.n += n
    cell.sum += v * n
    cell.min = Math.min(cell.min, min)
    cell.max = Math.max(cell.max, max)
  }
  return rows.map(({ start, cells }) => ({
    start,
    hours: cells.map((cell) => (cell.n === 0 ? null : stat === 'mean' ? cell.sum / cell.n : stat === 'min' ? cell.min : cell.max)),
  }))
}

/** Least and greatest of all cells; null when there are none. */
export function extent(days: Day[]): { min: number; max: number } | null {
  const values = days.flatMap((day) => day.hours).filter((v): v is number => v !== null)
  return values.length ? { min: Math.min(...values), max: Math.max(...values) } : null
}
