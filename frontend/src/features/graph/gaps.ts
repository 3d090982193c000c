/** Gaps of a view and what the journal says about them. */
import type { Mark } from './marks'
import type { GraphSeries } from './series'
import { indexAt } from './tiles/tile'

export interface Gap {
  channel: number
  from: number
  to: number
  /** The mark that tells why, if one does. */
  mark: Mark | null
}

/** Gaps wider than `least` ms between two readings of a series, inside a view; the widest first. */
export function gapsOf(s: GraphSeries, from: number, to: number, least: number): Gap[] {
  const gaps: Gap[] = []
  let before: number | null = null
  let open = false
  for (let i = Math.max(0, indexAt(s.t, from)); i < s.t.length; i++) {
    const t = s.t[i] ?? 0
    if (s.mean[i] === null) open = before !== null
    else {
      if (open && before !== null && t - before >= least && t > from && before < to) gaps.push({ channel: s.channel, from: before, to: t, mark: null })
      before = t
      open = false
      if (t > to) break
    }
  }
  return gaps.sort((a, b) => b.to - b.from - (a.to - a.from))
}

/** The trouble that begins in or shortly before a gap: a device is only called ill after it has been silent for some tries. */
export function causeOf(gap: Gap, marks: Mark[], late: number): Mark | null {
  const near = marks.filter((mark) => mark.bad && mark.t <= gap.to && (mark.until ?? Infinity) >= gap.from && mark.t >= gap.from - late)
  return near.sort((a, b) => Math.abs(a.t - gap.from) - Math.abs(b.t - gap.from))[0] ?? null
}
