import { computed, shallowRef, watch, type Ref } from 'vue'
import { useQueryParam } from '@/app/useQueryParam'
import { spanOfAll } from './earliest'
import { useDefaultRange } from './useDefaultRange'
import { named, RANGES, SPANS, type RangeName, type TimeWindow } from './window'

/**
 * The piece of time that a page's graph shows: the range of the address, else what fits a young history, else the page's own;
 * and on top of it where the person has zoomed to, until they go back to now.
 */
export function useRange(channels: Ref<number[]>, own: () => RangeName | null = () => null) {
  const asked = useQueryParam<RangeName | ''>('range', '')
  const young = shallowRef<RangeName | null>(null)
  const zoomed = shallowRef<TimeWindow | null>(null)
  const allSpan = shallowRef<number>(SPANS['1y'])
  const range = computed<RangeName>(() => RANGES.find((name) => name === asked.value) ?? own() ?? young.value ?? '24h')
  const following = computed(() => named(range.value, allSpan.value))
  const shown = computed({ get: () => zoomed.value ?? following.value, set: (value: TimeWindow) => (zoomed.value = value) })

  useDefaultRange(channels, () => !own() && !zoomed.value && !asked.value, (name, span) => {
    allSpan.value = span
    young.value = name
  })
  const measure = async () => (allSpan.value = await spanOfAll(channels.value).catch(() => SPANS['1y']))
  /** A link to all there is must first learn how far that reaches. */
  const stop = watch(
    channels,
    (ids) => {
      if (!ids.length) return
      queueMicrotask(() => stop())
      if (range.value === 'all') void measure()
    },
    { immediate: true },
  )
  async function choose(name: RangeName) {
    if (name === 'all') await measure()
    zoomed.value = null
    asked.value = name
  }
  return { shown, range, zoomed, choose, reset: () => (zoomed.value = null) }
}
