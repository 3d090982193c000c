import { computed, shallowRef, watch, type WritableComputedRef } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { readLook, writeLook, type Look } from './address'
import { fromQuery, toQuery, type TimeWindow } from './window'

const PAUSE_MS = 250
const KEYS = ['range', 'span', 'from', 'to', 'hide', 'off', 'cmp', 'axes', 'device', 'stats', 'sel'] as const

type Query = Record<string, string | undefined>

/** Channels, piece of time and look in the address, so that a link opens the same view. Zooming writes it only when it rests. */
export function useGraphUrl(allSpan: () => number) {
  const route = useRoute()
  const router = useRouter()
  const plain = (): Query => Object.fromEntries(Object.entries(route.query).map(([k, v]) => [k, typeof v === 'string' ? v : undefined]))
  const mine = (query: Query) => JSON.stringify(KEYS.map((key) => query[key] ?? null))
  const window = shallowRef<TimeWindow>(fromQuery(plain(), Date.now(), allSpan()))
  const look = shallowRef<Look>(readLook(plain()))
  let timer: ReturnType<typeof setTimeout> | undefined
  let written = mine(plain())

  function write(change: Query): void {
    const query = { ...plain(), ...change }
    for (const key of Object.keys(query)) if (query[key] === undefined) delete query[key]
    written = mine(query)
    if (route.path === '/graph') void router.replace({ query })
  }
  const now = () => ({ ...toQuery(window.value), ...writeLook(look.value) })
  watch([window, look], () => {
    clearTimeout(timer)
    timer = setTimeout(() => write(now()), PAUSE_MS)
  })
  watch(
    () => route.query,
    () => {
      if (route.path !== '/graph' || mine(plain()) === written) return
      written = mine(plain())
      window.value = fromQuery(plain(), Date.now(), allSpan())
      look.value = readLook(plain())
    },
  )
  const channels: WritableComputedRef<number[]> = computed({
    get: () => String(route.query.ch ?? '').split(',').map(Number).filter((id) => Number.isInteger(id) && id > 0),
    set: (ids) => write({ ...now(), ch: ids.length ? ids.join(',') : 'none' }),
  })
  const unset = computed(() => route.query.ch === undefined)
  /** One part of the look as a ref of its own. */
  const part = <K extends keyof Look>(key: K) => computed<Look[K]>({ get: () => look.value[key], set: (value) => (look.value = { ...look.value, [key]: value }) })
  /** The address of exactly this view: a window that follows now is fixed by the range it has. */
  const link = () => {
    const query = new URLSearchParams(Object.entries({ ...plain(), ...now(), why: undefined }).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])))
    return `${location.origin}/graph?${query.toString()}`
  }
  return { window, look, part, channels, unset, link }
}
