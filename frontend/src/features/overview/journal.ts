/** The journal hangs consequences on their cause: what the same thing did within a quarter of an hour is one story. */
import type { HyphaEvent } from '@/api/types'

export interface Story {
  head: HyphaEvent
  /** The newest consequences, in their order. */
  then: HyphaEvent[]
  /** How many between head and then are not listed. */
  more: number
}

const SAME_STORY_MS = 15 * 60_000
/** A device that fails all night tells a story an hour. */
const LONGEST_MS = 60 * 60_000
const BRANCHES = 3

/** Events newest first become stories newest first; inside a story time runs downwards. */
export function toStories(events: HyphaEvent[]): Story[] {
  const stories: { head: HyphaEvent; then: HyphaEvent[]; last: number }[] = []
  const open = new Map<string, (typeof stories)[number]>()
  for (const event of [...events].reverse()) {
    const t = Date.parse(event.t)
    const story = event.source ? open.get(event.source) : undefined
    if (story && t - story.last < SAME_STORY_MS && t - Date.parse(story.head.t) < LONGEST_MS) {
      story.then.push(event)
      story.last = t
      continue
    }
    const fresh = { head: event, then: [], last: t }
    stories.push(fresh)
    open.set(event.source, fresh)
  }
  return stories
    .reverse()
    .map(({ head, then }) => ({ head, then: then.slice(-BRANCHES), more: Math.max(0, then.length - BRANCHES) }))
}

const KEY = 'hypha-last-seen'
const AWAY_MS = 20 * 60_000

/** When this browser was last looked at before now, if that is long enough ago to have been away; and remembers this visit. */
export function awaySince(now: number): number | null {
  const last = Number(localStorage.getItem(KEY))
  if (!last || now - last < AWAY_MS) return null
  return last
}
export const rememberVisit = (now: number): void => localStorage.setItem(KEY, String(now))
