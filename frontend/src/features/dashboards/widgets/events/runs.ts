/** A thing that goes on and off all day is one line with a count, not a page. */
import type { HyphaEvent } from '@/api/types'

export interface Run {
  /** The newest of it. */
  event: HyphaEvent
  /** How many more of the same thing came right before it. */
  more: number
}

/** What a person did is never folded away. */
const byItself = (event: HyphaEvent) => event.type === 'output' && !/^(user|token):/.test(event.user ?? '')

/** Folds neighbours of one output that is driven; whatever else happens stands for itself. Events newest first. */
export function foldRuns(events: HyphaEvent[]): Run[] {
  const runs: Run[] = []
  for (const event of events) {
    const last = runs.at(-1)
    if (last && byItself(event) && byItself(last.event) && last.event.source === event.source) last.more += 1
    else runs.push({ event, more: 0 })
  }
  return runs
}
