import { onScopeDispose, shallowRef, watch, type Ref } from 'vue'
import { api, unwrap } from '@/api/client'
import { live } from '@/live'
import { turnOf, type Turn } from './lanes'
import { edges, type TimeWindow } from './window'

const PAUSE_MS = 200
const MARGIN = 0.5
/** More turns than this in one view are a grey block anyway. */
const MOST = 1000
/** The newest turns before the view: how it stood when the view begins, for each channel of the output. */
const BEFORE = 16

/** The turns of outputs in a window, from the journal, carried on live. */
export function useLanes(outputs: Ref<number[]>, window: Ref<TimeWindow>): Ref<ReadonlyMap<number, Turn[]>> {
  const turns = shallowRef<ReadonlyMap<number, Turn[]>>(new Map())
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
      unwrap(await api.GET('/events', { params: { query: { type: 'output', ...query } }, signal })).items
    try {
      const found = await Promise.all(
        outputs.value.map(async (id) => {
          const source = `output/${id}`
          const inside = await ask({ source, from: String(start), to: String(end), limit: MOST })
          // Where the view is too full to know all of it, its beginning stays unknown.
          const before = inside.length < MOST ? await ask({ source, to: String(start), limit: BEFORE }) : []
          return [id, [...inside, ...before].flatMap((event) => turnOf(event) ?? [])] as const
        }),
      )
      turns.value = new Map(found)
      held = { from: start, to: end }
    } catch {
      // Lanes are beside the point: without them the curves still stand.
    }
  }
  function later(pause: number): void {
    clearTimeout(timer)
    if (outputs.value.length) timer = setTimeout(() => void load(), pause)
    else turns.value = new Map()
  }
  const enough = () => {
    const { from, to } = edges(window.value, Date.now())
    return held !== null && from >= held.from && (to <= held.to || window.value.follow)
  }
  watch(() => outputs.value.join(), () => later(0), { immediate: true })
  watch(window, () => enough() || later(PAUSE_MS))
  const off = live.onBatch((batch) => {
    if (batch.fresh && held) later(PAUSE_MS)
    for (const event of batch.events) {
      const turn = turnOf(event)
      const id = Number(/^output\/(\d+)$/.exec(event.source)?.[1])
      const before = turns.value.get(id)
      if (turn && before) turns.value = new Map(turns.value).set(id, [...before, turn])
    }
  })
  onScopeDispose(() => {
    off()
    clearTimeout(timer)
    abort?.abort()
  })
  return turns
}
