/** Round places for the numbers and times along an axis. */
import { displayZone, zoneOffset } from '@/format/zone'

const S = 1000
const MIN = 60 * S
const H = 60 * MIN
const DAY = 24 * H
const STEPS = [S, 2 * S, 5 * S, 10 * S, 15 * S, 30 * S, MIN, 2 * MIN, 5 * MIN, 10 * MIN, 15 * MIN, 30 * MIN, H, 2 * H, 3 * H, 6 * H, 12 * H, DAY, 2 * DAY, 7 * DAY, 14 * DAY, 30 * DAY, 91 * DAY, 365 * DAY, 730 * DAY]

/** At most `most` steps of 1, 2 or 5 times a power of ten. */
export function numberTicks(low: number, high: number, most: number): { at: number[]; step: number } {
  const rough = (high - low) / Math.max(1, most)
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = [1, 2, 5, 10].map((n) => n * power).find((n) => n >= rough) ?? power * 10
  const at: number[] = []
  for (let i = Math.ceil(low / step); i * step <= high + step * 1e-9; i++) at.push(Number((i * step).toPrecision(12)))
  return { at, step }
}

/** Times on the clock that is shown: whole hours are whole hours there, also in zones of half an hour. */
export function timeTicks(from: number, to: number, most: number): { at: number[]; step: number } {
  const rough = (to - from) / Math.max(1, most)
  const step = STEPS.find((one) => one >= rough) ?? STEPS.at(-1) ?? DAY
  const at: number[] = []
  const zone = displayZone()
  for (let t = Math.ceil((from + zoneOffset(from, zone)) / step) * step; at.length <= most * 2; t += step) {
    // Back to the real time, with the clock's offset of that moment.
    const real = t - zoneOffset(t - zoneOffset(t, zone), zone)
    if (real > to) break
    if (real >= from) at.push(real)
  }
  return { at, step }
}
