/** The journal hangs consequences on their cause: what the same thing did within a quarter of an hour is one story. */
import type { HyphaEvent } from '@/api/types'

export interface Story {
  head: HyphaEvent
  then: HyphaEvent[]
}

const SAME_STORY_MS = 15 * 60_000
const MOST_BRANCHES = 4

/** Events newest first become stories newest first; inside a story time runs downwards. */
export function toStories(events: HyphaEvent[]): Story[] {
  const stories: Story[] = []
  for (const event of [...events].reverse()) {
    const last = stories.at(-1)
    const newest = last?.then.at(-1) ?? last?.head
    const same = last && newest && event.source !== '' && event.source === last.head.source && Date.parse(event.t) - Date.parse(newest.t) < SAME_STORY_MS
    if (same && last.then.length < MOST_BRANCHES) last.then.push(event)
    else stories.push({ head: event, then: [] })
  }
  return stories.reverse()
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
