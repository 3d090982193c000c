import { onScopeDispose, shallowRef, triggerRef, watch, type Ref } from 'vue'
import { api, unwrap } from '@/api/client'
import { useDisplay } from '@/features/channels/display'
import { useChannelMap } from '@/features/channels/queries'
import { live } from '@/live'
import { appendReading, joined, type GraphSeries } from './series'
import { Loader } from './tiles/loader'
import { needOf, TileStore, type Need } from './tiles/store'
import { edges, type TimeWindow } from './window'

/** While somebody zooms, what is missing is asked for so often at most: what is held is drawn meanwhile. */
const PACE_MS = 90
const RETRY_MS = 5000
/** Readings of now are drawn so often, by how much of a pixel they are. */
const FASTEST_MS = 60
const SLOWEST_MS = 1500

const sameNeed = (a: Need, b: Need) => a.level === b.level && a.first === b.first && a.last === b.last

/**
 * The series of a window at the resolution of the screen, drawn at once from what is held, carried on live. `shift` (ms) is taken off the
 * window and added to what comes: the same curves of an earlier time.
 */
export function useSeries(channels: Ref<number[]>, window: Ref<TimeWindow>, width: Ref<number>, shift?: Ref<number>) {
  const series = shallowRef<GraphSeries[]>([])
  const error = shallowRef<unknown>(null)
  const loading = shallowRef(false)
  /** At least one answer has come. */
  const answered = shallowRef(false)
  const known = useChannelMap()
  const store = new TileStore()
  const by = () => shift?.value ?? 0
  const loader = new Loader(
    store,
    async ({ channel, from, to, points }, signal) => {
      const query = { channel, from: String(from), to: String(to), points }
      const answer = unwrap(await api.GET('/readings', { params: { query }, signal }))
      for (const one of answer.series) units.set(one.channel, one.unit)
      return answer.series
    },
    {
      change: () => {
        answered.value = true
        error.value = null
        drawn = null
        look()
      },
      error: (problem) => {
        error.value = problem
        loading.value = false
        again = setTimeout(() => look(), RETRY_MS)
      },
      busy: (busy) => (loading.value = busy),
    },
  )
  const units = new Map<number, string>()
  const display = useDisplay()
  const displayOf = (id: number) => display(units.get(id) ?? known.value.get(id)?.unit ?? '', known.value.get(id))
  let drawn: Need | null = null
  let paused: ReturnType<typeof setTimeout> | undefined
  let again: ReturnType<typeof setTimeout> | undefined
  let waiting: ReturnType<typeof setTimeout> | undefined
  let asked = 0
  let painted = 0

  const view = () => {
    const { from, to } = edges(window.value, Date.now())
    return { from: from - by(), to: to - by() }
  }
  function need(): Need | null {
    if (!channels.value.length || width.value < 10) return null
    const { from, to } = view()
    return needOf(from, to, width.value, Date.now())
  }

  function assemble(now: Need): void {
    drawn = now
    series.value = channels.value.map((id) => {
      const channel = known.value.get(id)
      const pieces = store.pieces(id, now.level, now.first - 1, now.last + 1)
      const show = displayOf(id)
      // A value of another unit than it says is worse than none.
      return joined(id, show.unit, show.pending ? [] : pieces, (channel?.expected_interval_s ?? 0) * 1000, { shift: by(), convert: show.same ? null : show.convert })
    })
  }

  /** Draws what is held for the view and asks for the rest. */
  function look(): void {
    const now = need()
    if (!now) {
      if (!channels.value.length) series.value = []
      return
    }
    if (!drawn || !sameNeed(now, drawn)) assemble(now)
    const wait = asked + PACE_MS - Date.now()
    clearTimeout(paused)
    if (wait > 0) {
      paused = setTimeout(look, wait)
      return
    }
    asked = Date.now()
    clearTimeout(again)
    loader.want(channels.value, now)
  }

  watch(
    channels,
    (now, before) => {
      if (before && now.join() === before.join()) return
      drawn = null
      asked = 0
      look()
    },
    { immediate: true },
  )
  watch([window, width, () => by()], (_now, [, , before]) => {
    if (by() !== before) drawn = null
    look()
  })
  // Names, units and how often a channel speaks may come after the readings.
  watch(known, (channels) => {
    if ([...units].some(([id, unit]) => unit !== (channels.get(id)?.unit ?? unit))) {
      store.clear()
      units.clear()
    }
    drawn = null
    look()
  })

  // The reader wants other units, or their factors have come.
  watch(
    () => channels.value.map((id) => displayOf(id).unit + String(displayOf(id).pending)).join(),
    () => {
      drawn = null
      look()
    },
  )

  const offBatch = live.onBatch((batch) => {
    if (batch.fresh) {
      store.doubt(Date.now() - 3_600_000)
      look()
    }
    let fresh = false
    for (const [channel, t, v, quality] of batch.readings) {
      if (quality && quality !== 'good' && quality !== 'substituted') continue
      if (!channels.value.includes(channel)) continue
      store.add(channel, t, v)
      // Where now is not held, a reading of now would be a point in the middle of nowhere.
      if (by() || !drawn || drawn.last + 1 < drawn.ends) continue
      const one = series.value.find((s) => s.channel === channel)
      const show = displayOf(channel)
      if (one && !show.pending && appendReading(one, t, show.convert(v))) fresh = true
    }
    if (fresh) paint()
  })
  /** A new reading moves the curve by a fraction of a pixel: it is drawn when that can be seen. */
  function paint(): void {
    const { from, to } = view()
    const pace = Math.min(SLOWEST_MS, Math.max(FASTEST_MS, (to - from) / Math.max(1, width.value) / 2))
    const wait = painted + pace - Date.now()
    if (wait > 0) {
      waiting ??= setTimeout(paint, wait)
      return
    }
    clearTimeout(waiting)
    waiting = undefined
    painted = Date.now()
    // A graph that is left open follows for weeks: at each new tile it is put together anew, and old ones fall off.
    const now = need()
    if (now && drawn && !sameNeed(now, drawn)) look()
    else triggerRef(series)
  }
  onScopeDispose(() => {
    offBatch()
    clearTimeout(paused)
    clearTimeout(again)
    clearTimeout(waiting)
    loader.stop()
  })
  const reload = () => {
    store.doubt(-Infinity)
    asked = 0
    look()
  }
  return { series, error, loading, asked: answered, reload }
}
