import { onScopeDispose, shallowRef, watch, type Ref } from 'vue'
import { api, unwrap } from '@/api/client'
import type { Statistics } from '@/api/types'
import type { Span } from './backdrop'
import type { Band } from './useTargets'

const PAUSE_MS = 350
const REFRESH_MS = 10_000

/** Statistics of each channel over a span, asked of the server, which looks at every reading; again while the span moves on with now. */
export function useStatistics(channels: Ref<number[]>, bands: Ref<ReadonlyMap<number, Band>>, span: Ref<Span>, following: Ref<boolean>) {
  const found = shallowRef<ReadonlyMap<number, Statistics>>(new Map())
  const error = shallowRef<unknown>(null)
  const busy = shallowRef(false)
  let abort: AbortController | null = null
  let timer: ReturnType<typeof setTimeout> | undefined

  async function load(): Promise<void> {
    abort?.abort()
    abort = new AbortController()
    const { signal } = abort
    const { from, to } = span.value
    busy.value = true
    try {
      const answers = await Promise.all(
        channels.value.map(async (id) => {
          const band = bands.value.get(id)
          const query = { channel: [id], from: String(Math.round(from)), to: String(Math.round(to)), low: band?.low ?? undefined, high: band?.high ?? undefined }
          return unwrap(await api.GET('/readings/statistics', { params: { query }, signal })).items
        }),
      )
      found.value = new Map(answers.flat().map((one) => [one.channel, one]))
      error.value = null
    } catch (problem) {
      if (!signal.aborted) error.value = problem
    }
    if (!signal.aborted) busy.value = false
  }
  const later = (pause: number) => {
    clearTimeout(timer)
    timer = setTimeout(() => void load(), pause)
  }
  const key = () => `${channels.value.join()} ${[...bands.value].map(([id, band]) => `${id}:${band.low}:${band.high}`).join()}`
  watch(key, () => later(0), { immediate: true })
  watch(
    () => (following.value ? `${span.value.to - span.value.from} ${Math.floor(span.value.to / REFRESH_MS)}` : `${span.value.from} ${span.value.to}`),
    () => later(PAUSE_MS),
  )
  onScopeDispose(() => {
    clearTimeout(timer)
    abort?.abort()
  })
  return { found, error, busy, reload: () => void load() }
}
