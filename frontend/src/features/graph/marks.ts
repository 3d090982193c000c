/** Marks over the curves: when an input fell silent and when it spoke again, so that a gap has its reason. */
import type { HyphaEvent } from '@/api/types'

export interface Mark {
  t: number
  event: HyphaEvent
  /** True while something is wrong from here on. */
  bad: boolean
  /** How many more lie too close to be drawn apart. */
  more: number
}

const BAD = new Set(['backing_off', 'failed', 'degraded'])
const GOOD = new Set(['running'])

/** The turns from well to unwell and back; a device that tries and fails all night has turned once. */
export function turnsOf(events: HyphaEvent[]): Mark[] {
  const marks: Mark[] = []
  let unwell: boolean | null = null
  for (const event of [...events].sort((a, b) => a.id - b.id)) {
    const state = String(event.data.state)
    const bad = BAD.has(state)
    if ((!bad && !GOOD.has(state)) || bad === unwell) continue
    // To begin well is no news.
    if (unwell !== null || bad) marks.push({ t: Date.parse(event.t), event, bad, more: 0 })
    unwell = bad
  }
  return marks
}

/** Marks inside the edges, those nearer than `least` ms to the one before folded into it; trouble outweighs its end. */
export function spread(marks: Mark[], from: number, to: number, least: number): Mark[] {
  const out: Mark[] = []
  for (const mark of [...marks].filter((m) => m.t >= from && m.t <= to).sort((a, b) => a.t - b.t)) {
    const last = out.at(-1)
    if (!last || mark.t - last.t >= least) out.push({ ...mark })
    else if (mark.bad && !last.bad) out[out.length - 1] = { ...mark, t: last.t, more: last.more + 1 }
    else last.more += 1
  }
  return out
}
