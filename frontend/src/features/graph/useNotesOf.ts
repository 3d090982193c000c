import { onScopeDispose, shallowRef, watch, type Ref } from 'vue'
import { api, unwrap } from '@/api/client'
import type { Note } from '@/api/types'
import { live } from '@/live'
import { edges, type TimeWindow } from './window'

const PAUSE_MS = 220
const MARGIN = 0.5
const MOST = 500

/** Notes that touch a window. `reload` after one was written, changed or deleted here; what others write comes with the feed. */
export function useNotesOf(window: Ref<TimeWindow>, wanted: Ref<boolean>) {
  const notes = shallowRef<Note[]>([])
  let held: { from: number; to: number } | null = null
  let abort: AbortController | null = null
  let timer: ReturnType<typeof setTimeout> | undefined

  async function load(): Promise<void> {
    const { from, to } = edges(window.value, Date.now())
    const start = Math.round(from - (to - from) * MARGIN)
    const end = Math.round(to + (to - from) * MARGIN)
    abort?.abort()
    abort = new AbortController()
    const { signal } = abort
    try {
      const query = { from: String(start), to: String(end), limit: MOST }
      notes.value = unwrap(await api.GET('/notes', { params: { query }, signal })).items
      held = { from: start, to: end }
    } catch {
      // Without notes the curves still stand.
    }
  }
  function later(pause = PAUSE_MS): void {
    clearTimeout(timer)
    if (wanted.value) timer = setTimeout(() => void load(), pause)
  }
  const enough = () => {
    const { from, to } = edges(window.value, Date.now())
    return held !== null && from >= held.from && to <= held.to
  }
  watch(wanted, () => later(0), { immediate: true })
  watch(window, () => enough() || later())
  const off = live.onBatch((batch) => {
    if (batch.fresh || batch.events.some((event) => event.type === 'note')) later()
  })
  onScopeDispose(() => {
    off()
    clearTimeout(timer)
    abort?.abort()
  })
  return { notes, reload: () => later(0) }
}
