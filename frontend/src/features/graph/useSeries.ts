import { onScopeDispose, shallowRef, triggerRef, watch, type Ref } from 'vue'
import { api, unwrap } from '@/api/client'
import { useChannelMap } from '@/features/channels/queries'
import { live } from '@/live'
import { appendReading, toGraphSeries, type GraphSeries } from './series'
import { edges, type TimeWindow } from './window'

const PAUSE_MS = 120
/** Half a screen on either side is fetched too, so that a pan shows curves at once. */
const MARGIN = 0.5

/** How much longer than fetched a series may grow by live readings. */
const GROWTH = 1.5
const SPARE = 500

interface Held {
  from: number
  to: number
  resolution: number
}

/** The series of a window, at the resolution of the screen; fetched again when zoom or pan leave what is held, carried on live. */
export function useSeries(channels: Ref<number[]>, window: Ref<TimeWindow>, width: Ref<number>) {
  const series = shallowRef<GraphSeries[]>([])
  const error = shallowRef<unknown>(null)
  const loading = shallowRef(false)
  const known = useChannelMap()
  let held: Held | null = null
  let most = Infinity
  let abort: AbortController | null = null
  let timer: ReturnType<typeof setTimeout> | undefined

  async function load(): Promise<void> {
    if (!channels.value.length || width.value < 10) {
      series.value = []
      return
    }
    const { from, to } = edges(window.value, Date.now())
    const margin = (to - from) * MARGIN
    const start = from - margin
    const end = Math.min(to + margin, Date.now() + 1000)
    const points = Math.max(60, Math.round(width.value * ((end - start) / (to - from))))
    abort?.abort()
    abort = new AbortController()
    const { signal } = abort
    loading.value = true
    try {
      const query = { channel: channels.value, from: String(Math.round(start)), to: String(Math.round(end)), points }
      const answer = unwrap(await api.GET('/readings', { params: { query }, signal }))
      const expected = (id: number) => (known.value.get(id)?.expected_interval_s ?? 0) * 1000
      series.value = answer.series.map((one) => toGraphSeries(one, expected(one.channel)))
      most = Math.max(points, ...series.value.map((one) => one.t.length)) * GROWTH + SPARE
      held = { from: start, to: end, resolution: (end - start) / points }
      error.value = null
    } catch (problem) {
      if (!signal.aborted) error.value = problem
    } finally {
      if (!signal.aborted) loading.value = false
    }
  }

  /** Is what is held enough for what is seen: inside, and neither too coarse nor much too fine? */
  function enough(): boolean {
    if (!held) return false
    const { from, to } = edges(window.value, Date.now())
    const wanted = (to - from) / Math.max(60, width.value)
    const inside = from >= held.from && (to <= held.to || window.value.follow)
    return inside && held.resolution <= wanted * 1.6 && held.resolution >= wanted / 4
  }

  function later(pause = PAUSE_MS): void {
    clearTimeout(timer)
    timer = setTimeout(() => void load(), pause)
  }

  watch(
    channels,
    (now, before) => {
      if (before && now.join() === before.join()) return
      held = null
      series.value = series.value.filter((s) => now.includes(s.channel))
      later(0)
    },
    { immediate: true },
  )
  watch([window, width], () => {
    if (!enough()) later(series.value.length ? PAUSE_MS : 0)
  })
  const offBatch = live.onBatch((batch) => {
    if (batch.fresh && held) later()
    let drawn = false
    for (const [channel, t, v, quality] of batch.readings) {
      if (quality && quality !== 'good' && quality !== 'substituted') continue
      const one = series.value.find((s) => s.channel === channel)
      if (one && appendReading(one, t, v)) drawn = true
    }
    if (drawn) triggerRef(series)
    // A graph that is left open follows for weeks: what has grown too long is fetched anew, in the width's own resolution.
    if (series.value.some((one) => one.t.length > most)) {
      most = Infinity
      later()
    }
  })
  onScopeDispose(() => {
    offBatch()
    clearTimeout(timer)
    abort?.abort()
  })
  return { series, error, loading, reload: () => void load() }
}
