/** A steady axis: it grows at once, and shrinks slowly once the curve uses little of it. */
export type Range = [low: number, high: number]

/** The range that a curve from min to max asks for. */
export function wantedRange(min: number, max: number, step = 0): Range {
  // Ten of the smallest steps the sensor resolves: noise of the last digit must not look like weather.
  const least = step > 0 ? step * 10 : Math.max(Math.abs(min), Math.abs(max), 1) * 0.004
  const span = Math.max(max - min, least)
  const middle = (min + max) / 2
  return [middle - span * 0.58, middle + span * 0.58]
}

/** How much of the axis may stay unused before it shrinks, and the share of the way it goes with each frame. */
const LITTLE = 0.68
const GLIDE = 0.14
const THERE = 0.01

/** The range after `before`. `moving`: it has not arrived yet, so that another frame is wanted. */
export function nextRange(before: Range | null, min: number, max: number, step = 0, glide = GLIDE): { range: Range; moving: boolean } {
  const wanted = wantedRange(min, max, step)
  if (!before) return { range: wanted, moving: false }
  const [low, high] = before
  // To grow is never late: a curve outside its axis cannot be read.
  const grown: Range = [min < low ? Math.min(low, wanted[0]) : low, max > high ? Math.max(high, wanted[1]) : high]
  const span = grown[1] - grown[0]
  if (wanted[1] - wanted[0] >= span * LITTLE) return { range: grown[0] === low && grown[1] === high ? before : grown, moving: false }
  const next: Range = [grown[0] + (wanted[0] - grown[0]) * glide, grown[1] + (wanted[1] - grown[1]) * glide]
  const left = Math.max(Math.abs(next[0] - wanted[0]), Math.abs(next[1] - wanted[1]))
  return left < span * THERE ? { range: wanted, moving: false } : { range: next, moving: true }
}
