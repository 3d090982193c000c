import { watch, type Ref } from 'vue'
import { spanOfAll } from './earliest'
import { SPANS, type RangeName } from './window'

const YOUNG = 0.8

/**
 * A young history fills the graph: all there is while that is less than an hour, then the shortest range that holds it, at most a day.
 * Asked once, when channels are known.
 */
export function useDefaultRange(channels: Ref<number[]>, wanted: () => boolean, choose: (name: RangeName, allSpan: number) => void): void {
  const stop = watch(
    channels,
    async (ids) => {
      if (!ids.length) return
      queueMicrotask(() => stop())
      if (!wanted()) return
      const span = await spanOfAll(ids).catch(() => Infinity)
      const name = span <= SPANS['1h'] * YOUNG ? 'all' : (['1h', '6h'] as const).find((range) => span <= SPANS[range])
      if (name && wanted()) choose(name, span)
    },
    { immediate: true },
  )
}
