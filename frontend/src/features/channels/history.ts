import { onScopeDispose, shallowRef, watch, type ShallowRef } from 'vue'
import { api, unwrap } from '@/api/client'
import type { Series } from '@/api/types'
import { live } from '@/live'

/** The last hour of a channel for a sparkline: times in ms, values, null where nothing was measured. */
export interface Trail {
  t: number[]
  v: (number | null)[]
}

const SPAN_MS = 3_600_000
const POINTS = 60
const REFRESH_MS = 300_000
const BATCH = 40

interface Held {
  ref: ShallowRef<Trail | null>
  users: number
  fetched: number
}
const trails = new Map<number, Held>()
let wanted = new Set<number>()
let timer: ReturnType<typeof setTimeout> | undefined

/** Values of a series as one line: the mean of buckets, the readings themselves when raw; a hole where none came for long. */
export function trailOf(series: Series): Trail {
  const values = (series.raw ? series.v : series.mean) ?? []
  const gaps = series.t.slice(1).map((t, i) => t - (series.t[i] ?? t))
  const usual = [...gaps].sort((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? 0
  const trail: Trail = { t: [], v: [] }
  series.t.forEach((t, i) => {
    const before = series.t[i - 1]
    if (before !== undefined && usual > 0 && t - before > usual * 4) {
      trail.t.push(before + usual)
      trail.v.push(null)
    }
    trail.t.push(t)
    trail.v.push(values[i] ?? null)
  })
  return trail
}

async function fetchWanted(): Promise<void> {
  const channels = [...wanted].filter((id) => trails.has(id))
  wanted = new Set()
  for (let i = 0; i < channels.length; i += BATCH) {
    const channel = channels.slice(i, i + BATCH)
    try {
      const { series } = unwrap(await api.GET('/readings', { params: { query: { channel, from: '-1h', points: POINTS } } }))
      for (const one of series) {
        const held = trails.get(one.channel)
        if (held) held.ref.value = trailOf(one)
      }
    } catch {
      // A sparkline is an ornament: without it the value still stands.
    }
  }
}

function want(channel: number): void {
  wanted.add(channel)
  clearTimeout(timer)
  timer = setTimeout(() => void fetchWanted(), 30)
}

/** The trail of a channel, fetched together with all others asked for in the same moment and carried on by the live feed. */
export function useTrail(channel: () => number | undefined): ShallowRef<Trail | null> {
  const trail = shallowRef<Trail | null>(null)
  let release: () => void = () => undefined

  watch(
    channel,
    (id) => {
      release()
      if (id === undefined) return
      const held = trails.get(id) ?? { ref: shallowRef<Trail | null>(null), users: 0, fetched: 0 }
      trails.set(id, held)
      held.users += 1
      if (Date.now() - held.fetched > REFRESH_MS) {
        held.fetched = Date.now()
        want(id)
      }
      const stopCopy = watch(held.ref, (value) => (trail.value = value), { immediate: true })
      const stopLive = watch(live.sample(id), (sample) => {
        if (!sample || !held.ref.value || sample.quality === 'rejected') return
        held.ref.value = append(held.ref.value, sample.t, sample.v)
      })
      release = () => {
        stopCopy()
        stopLive()
        held.users -= 1
        if (held.users === 0) trails.delete(id)
      }
    },
    { immediate: true },
  )
  onScopeDispose(() => release())
  return trail
}

/** Adds a live value: a new point after a minute's share of the hour, else it only moves the last one. */
export function append(trail: Trail, t: number, v: number): Trail {
  const last = trail.t.at(-1)
  if (last !== undefined && t <= last) return trail
  const beforeLast = trail.t.at(-2)
  const step = SPAN_MS / POINTS
  const dense = beforeLast !== undefined && last !== undefined && t - beforeLast < step
  const from = trail.t.findIndex((x) => x >= t - SPAN_MS)
  const start = Math.max(0, from)
  const end = dense ? -1 : undefined
  return { t: [...trail.t.slice(start, end), t], v: [...trail.v.slice(start, end), v] }
}
