import { useQuery } from '@tanstack/vue-query'
import { computed } from 'vue'
import { api, unwrap } from '@/api/client'
import { trailOf } from '@/features/channels/history'
import { DAY_S, type Axis } from './axis'
import { previewOf, type Curve } from './usePreview'

/** What stands behind the curve: the nights of the site, and what the channel that it steers measured in the last days. */
const DAYS = 3
const POINTS_A_DAY = 200
/** Beyond that, nights are stripes that say nothing. */
const MOST_NIGHTS_S = 21 * DAY_S

export interface Layer extends Curve {
  /** 0 today, 1 yesterday, ... */
  age: number
}

export interface Night {
  from: number
  to: number
}

/** Where a method that follows the sun is at night. */
export function nightsOf(sun: Curve): Night[] {
  const nights: Night[] = []
  let start: number | null = null
  sun.x.forEach((x, i) => {
    const dark = sun.y[i] === 0
    if (dark && start === null) start = x
    if (!dark && start !== null) {
      nights.push({ from: start, to: x })
      start = null
    }
  })
  const last = sun.x.at(-1)
  if (start !== null && last !== undefined) nights.push({ from: start, to: last })
  return nights
}

async function readDays(channel: number, axis: Axis, signal: AbortSignal): Promise<Layer[]> {
  const from = axis.kind === 'day' ? axis.origin - (DAYS - 1) * DAY_S * 1000 : axis.from * 1000
  const to = Math.min(Date.now(), axis.origin + axis.to * 1000)
  if (to <= from) return []
  const query = { channel: [channel], from: String(Math.round(from)), to: String(Math.round(to)), points: POINTS_A_DAY * DAYS }
  const [series] = unwrap(await api.GET('/readings', { params: { query }, signal })).series
  if (!series) return []
  const trail = trailOf(series)
  const x = trail.t.map((t) => (t - axis.origin) / 1000)
  if (axis.kind !== 'day') return [{ age: 0, x, y: trail.v }]
  return Array.from({ length: DAYS }, (_, age) => {
    const shift = age * DAY_S
    const mine = x.map((at, i) => ({ x: at + shift, y: trail.v[i] ?? null })).filter((p) => p.x >= 0 && p.x < DAY_S)
    return { age, x: mine.map((p) => p.x), y: mine.map((p) => p.y) }
  }).filter((layer) => layer.x.length > 1)
}

export function useBackdrop(axis: () => Axis, channel: () => number | undefined) {
  const key = computed(() => [axis().kind, axis().from, axis().to, axis().kind === 'elapsed' ? 0 : axis().origin])
  const sun = useQuery({
    queryKey: ['method-sun', key],
    queryFn: ({ signal }) => previewOf({ kind: 'sun_following', night: 0, day: 1, course: 'step', fallback_sunrise: '', fallback_sunset: '' }, axis(), 1441, signal),
    enabled: computed(() => axis().kind !== 'elapsed' && axis().to - axis().from <= MOST_NIGHTS_S),
    staleTime: Infinity,
    retry: false,
  })
  const past = useQuery({
    queryKey: ['method-past', key, computed(() => channel() ?? 0)],
    queryFn: ({ signal }) => readDays(channel() ?? 0, axis(), signal),
    enabled: computed(() => !!channel() && axis().kind !== 'elapsed'),
    staleTime: 60_000,
  })
  return {
    nights: computed(() => (sun.data.value ? nightsOf(sun.data.value) : [])),
    placeless: computed(() => !!sun.error.value && axis().kind !== 'elapsed'),
    layers: computed(() => past.data.value ?? []),
  }
}
