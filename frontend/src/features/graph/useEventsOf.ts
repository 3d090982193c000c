import { onScopeDispose, shallowRef, watch, type Ref } from 'vue'
import { api, unwrap } from '@/api/client'
import type { HyphaEvent } from '@/api/types'
import { live } from '@/live'
import { edges, type TimeWindow } from './window'

const PAUSE_MS = 220
const MARGIN = 0.5
/** More events than this in one view are only known from the newest on. */
const MOST = 1000
/** A view this much narrower than what was too full is asked for again. */
const NARROWER = 0.6

/** What happened to several things in a window and a little beside it, newest first; carried on live. `since`: what lies before it is not known. */
export function useEventsOf(types: string[], sources: Ref<string[]>, window: Ref<TimeWindow>) {
  const events = shallowRef<HyphaEvent[]>([])
  const since = shallowRef(-Infinity)
  let held: { from: number; to: number } | null = null
  let abort: AbortController | null = null
  let timer: ReturnType<typeof setTimeout> | undefined

  async function load(): Promise<void> {
    const { from, to } = edges(window.value, Date.now())
    const start = Math.round(from - (to - from) * MARGIN)
    const end = Math.min(Date.now() + 1000, Math.round(to + (to - from) * MARGIN))
    abort?.abort()
    abort = new AbortController()
    const { signal } = abort
    if (start >= end) return
    try {
      const query = { type: types.join(), source: sources.value.join(), from: String(start), to: String(end), limit: MOST }
      const { items } = unwrap(await api.GET('/events', { params: { query }, signal }))
      events.value = items
      since.value = items.length < MOST ? -Infinity : Date.parse(items.at(-1)?.t ?? '')
      held = { from: start, to: end }
    } catch {
      // The journal is beside the point here: without it the curves still stand.
    }
  }
  function later(pause: number): void {
    clearTimeout(timer)
    if (sources.value.length) timer = setTimeout(() => void load(), pause)
    else events.value = []
  }
  function enough(): boolean {
    const { from, to } = edges(window.value, Date.now())
    if (!held || from < held.from || (to > held.to && !window.value.follow)) return false
    return since.value <= from || to - from > (held.to - held.from) / (1 + 2 * MARGIN) * NARROWER
  }
  watch(() => sources.value.join(), () => later(0), { immediate: true })
  watch(window, () => enough() || later(PAUSE_MS))
  const off = live.onBatch((batch) => {
    if (batch.fresh && held) later(PAUSE_MS)
    const mine = batch.events.filter((event) => types.includes(event.type) && sources.value.includes(event.source))
    if (mine.length) events.value = [...mine.reverse(), ...events.value].slice(0, MOST)
  })
  onScopeDispose(() => {
    off()
    clearTimeout(timer)
    abort?.abort()
  })
  return { events, since }
}
