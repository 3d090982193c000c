import { computed, shallowRef, watch, type WritableComputedRef } from 'vue'
import { useRoute, useRouter } from 'vue-router'
import { fromQuery, toQuery, type TimeWindow } from './window'

const PAUSE_MS = 250

/** Channels and piece of time in the address, so that a link opens the same view. Zooming writes it only when it rests. */
export function useGraphUrl(allSpan: () => number) {
  const route = useRoute()
  const router = useRouter()
  const plain = () => Object.fromEntries(Object.entries(route.query).map(([k, v]) => [k, typeof v === 'string' ? v : undefined]))
  const window = shallowRef<TimeWindow>(fromQuery(plain(), Date.now(), allSpan()))
  let timer: ReturnType<typeof setTimeout> | undefined
  let written = ''

  const write = (change: Record<string, string | undefined>) => {
    const query = { ...plain(), ...change }
    for (const key of Object.keys(query)) if (query[key] === undefined) delete query[key]
    written = JSON.stringify(query)
    if (route.path === '/graph') void router.replace({ query })
  }
  watch(window, (now) => {
    clearTimeout(timer)
    timer = setTimeout(() => write(toQuery(now)), PAUSE_MS)
  })
  watch(
    () => route.query,
    () => {
      if (route.path === '/graph' && JSON.stringify(plain()) !== written) window.value = fromQuery(plain(), Date.now(), allSpan())
    },
  )
  const channels: WritableComputedRef<number[]> = computed({
    get: () => String(route.query.ch ?? '').split(',').map(Number).filter((id) => Number.isInteger(id) && id > 0),
    set: (ids) => write({ ch: ids.length ? ids.join(',') : 'none' }),
  })
  const unset = computed(() => route.query.ch === undefined)
  return { window, channels, unset }
}
