/**
 * The band bar's scale: the target always lies in the middle two fifths, whatever the unit, so that a column of dots in the middle
 * means all is well. One-sided limits run to the edge. Positions are per cent, kept inside the rounded ends.
 */
export interface Band {
  low: number | null
  high: number | null
}

export interface BandPositions {
  from: number
  to: number
  at: (value: number) => number
  outside: (value: number) => boolean
}

const EDGE = 2.5
const inside = (x: number) => Math.max(EDGE, Math.min(100 - EDGE, x))

export function bandPositions({ low, high }: Band, value: number | null): BandPositions | null {
  if (low === null && high === null) return null
  let start: number
  let end: number
  if (low !== null && high !== null) {
    const span = (high - low || Math.abs(high) * 0.02 || 1) / 0.4
    const middle = (low + high) / 2
    start = middle - span / 2
    end = middle + span / 2
  } else {
    // Only one limit is known: what is as far from it as the limit is from zero is the edge.
    const limit = (low ?? high) as number
    const reach = Math.max(Math.abs(limit), value === null ? 0 : Math.abs(value - limit) * 1.2, 1e-9)
    start = low !== null ? limit - reach * 0.43 : limit - reach
    end = low !== null ? limit + reach : limit + reach * 0.43
  }
  const at = (x: number) => inside(((x - start) / (end - start)) * 100)
  return {
    from: low === null ? 0 : at(low),
    to: high === null ? 100 : at(high),
    at,
    outside: (x) => (low !== null && x < low) || (high !== null && x > high),
  }
}
