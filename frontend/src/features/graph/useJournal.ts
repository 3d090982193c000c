import { onScopeDispose, shallowRef, watch, type Ref } from 'vue'
import { api, unwrap } from '@/api/client'
import type { HyphaEvent } from '@/api/types'
import { live } from '@/live'
import { edges, type TimeWindow } from './window'

const PAUSE_MS = 200
const MARGIN = 0.5
/** More events than this in one view are a grey block anyway. */
const MOST = 1000
/** The newest events before the view: how things stood when it begins, for each channel. */
const BEFORE = 16

export type Journal = ReadonlyMap<string, HyphaEvent[]>

/** What happened to things ("output/3") in a window, a little more on either side, and how they stood before; carried on live. */
export function useJournal(type: HyphaEvent['type'], sources: Ref<string[]>, window: Ref<TimeWindow>): Ref<Journal> {
  const journal = shallowRef<Journal>(new Map())
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
    const ask = async (query: { source: string; from?: string; to: string; limit: number }) =>
      unwrap(await api.GET('/events', { params: { query: { type, ...query } }, signal })).items
    try {
      const found = await Promise.all(
        sources.value.map(async (source) => {
          const inside = await ask({ source, from: String(start), to: String(end), limit: MOST })
          // Where the view is too full to know all of it, its beginning stays unknown.
          const before = inside.length < MOST ? await ask({ source, to: String(start), limit: BEFORE }) : []
          return [source, [...inside, ...before]] as [string, HyphaEvent[]]
        }),
      )
      journal.value = new Map(found)
      held = { from: start, to: end }
    } catch {
      // The journal is beside the point here: without it the curves still stand.
    }
  }
  function later(pause: number): void {
    clearTimeout(timer)
    if (sources.value.length) timer = setTimeout(() => void load(), pause)
    else journal.value = new Map()
  }
  const enough = () => {
    const { from, to } = edges(window.value, Date.now())
    return held !== null && from >= held.from && (to <= held.to || window.value.follow)
  }
  watch(() => sources.value.join(), () => later(0), { immediate: true })
  watch(window, () => enough() || later(PAUSE_MS))
  const off = live.onBatch((batch) => {
    if (batch.fresh && held) later(PAUSE_MS)
    for (const event of batch.events) {
      const before = event.type === type ? journal.value.get(event.source) : undefined
      if (before) journal.value = new Map(journal.value).set(event.source, [event, ...before].slice(0, MOST + BEFORE))
    }
  })
  onScopeDispose(() => {
    off()
    clearTimeout(timer)
    abort?.abort()
  })
  return journal
}
