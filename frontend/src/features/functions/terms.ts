/** The bars of a PID: its terms and its output around zero, in per cent of the track. */
export interface Bar {
  from: number
  width: number
  /** It reaches beyond the track. */
  cut: boolean
}

export interface Track {
  zero: number
  at(value: number): number
  bar(value: number): Bar
}

/**
 * A track that holds the limits of the output and what the terms reach, at most twice beyond the limits: a term that winds up far
 * beyond them would leave nothing to be seen of the rest.
 */
export function trackOf(low: number, high: number, terms: (number | null)[]): Track {
  const reach = Math.max(Math.abs(low), Math.abs(high)) || 1
  const known = terms.filter((term): term is number => term !== null)
  const from = Math.max(-2 * reach, Math.min(0, low, ...known))
  const to = Math.min(2 * reach, Math.max(0, high, ...known))
  const span = to - from || 1
  const at = (value: number) => (100 * (Math.min(to, Math.max(from, value)) - from)) / span
  const zero = at(0)
  return {
    zero,
    at,
    bar: (value) => ({ from: Math.min(zero, at(value)), width: Math.abs(at(value) - zero), cut: value < from || value > to }),
  }
}
