/** Readings folded into days or hours, one bar each. */
import type { Weighted } from '../parts/buckets'
import { dayStart, hourStart } from '../parts/days'

export type BarStat = 'mean' | 'min' | 'max' | 'change' | 'total'
export type Each = 'day' | 'hour'

export interface Slot {
  start: number
  /** null: nothing was measured. */
  value: number | null
}

export const startOf = (each: Each, at: number, back = 0): number => (each === 'day' ? dayStart(at, back) : hourStart(at, back))

/** How much a counter went on: a fall is a counter that began anew, not a negative amount. */
function went(readings: Weighted[], before: number | null): number | null {
  let last = before
  let sum = 0
  for (const { v } of readings) {
    if (last !== null) sum += v >= last ? v - last : v
    last = v
  }
  return last === null || (before === null && readings.length < 2) ? null : sum
}

function valueOf(readings: Weighted[], stat: BarStat, before: number | null): number | null {
  if (!readings.length) return null
  const n = readings.reduce((sum, one) => sum + one.n, 0)
  const total = readings.reduce((sum, one) => sum + one.v * one.n, 0)
  switch (stat) {
    case 'min':
      return Math.min(...readings.map((one) => one.min))
    case 'max':
      return Math.max(...readings.map((one) => one.max))
    case 'change':
      return went(readings, before)
    case 'total':
      return total
    default:
      return total / n
  }
}

/** The last `count` days or hours, the present one last. */
export function slotsOf(readings: Weighted[], each: Each, count: number, now: number, stat: BarStat): Slot[] {
  const groups = new Map<number, Weighted[]>()
  for (let i = count - 1; i >= 0; i--) groups.set(startOf(each, now, i), [])
  let before: number | null = null
  const first = Math.min(...groups.keys())
  for (const reading of readings) {
    if (reading.t < first) before = reading.v
    groups.get(startOf(each, reading.t))?.push(reading)
  }
  return [...groups].map(([start, list]) => {
    const value = valueOf(list, stat, before)
    before = list.at(-1)?.v ?? before
    return { start, value }
  })
}
