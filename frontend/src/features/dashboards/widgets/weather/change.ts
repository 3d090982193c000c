/** How much a value changed over the last three hours. */
import type { Weighted } from '../parts/buckets'
import { TENDENCY_HOURS } from './forecast'

const HOUR = 3_600_000
const SPAN = TENDENCY_HOURS * HOUR
/** A shorter piece of history, stretched to three hours, would make weather of noise. */
const LEAST = 1.5 * HOUR
/** The ends are means of so much, so that a gust is no tendency. */
const END = 10 * 60_000

/** In the readings' unit, for three hours; null while there is too little history. */
export function change3h(readings: Weighted[], now: number): number | null {
  const recent = readings.filter((one) => one.t >= now - SPAN - END && one.t <= now)
  const [first, last] = [recent[0], recent.at(-1)]
  if (!first || !last || last.t - first.t < LEAST || now - last.t > HOUR) return null
  const mean = (list: Weighted[]) => {
    const n = list.reduce((sum, one) => sum + one.n, 0)
    return { v: list.reduce((sum, one) => sum + one.v * one.n, 0) / n, t: list.reduce((sum, one) => sum + one.t * one.n, 0) / n }
  }
  const start = mean(recent.filter((one) => one.t <= first.t + END))
  const end = mean(recent.filter((one) => one.t >= last.t - END))
  return ((end.v - start.v) / (end.t - start.t)) * SPAN
}
