import { watch, type Ref } from 'vue'
import { spanOfAll } from './earliest'
import { SPANS, type RangeName } from './window'

/** A young history fills the graph: the shortest range that holds all there is, at most a day. Asked once, when channels are known. */
export function useDefaultRange(channels: Ref<number[]>, wanted: () => boolean, choose: (name: RangeName) => void): void {
  const stop = watch(
    channels,
    async (ids) => {
      if (!ids.length) return
      queueMicrotask(() => stop())
      if (!wanted()) return
      const span = await spanOfAll(ids).catch(() => Infinity)
      const name = (['1h', '6h'] as const).find((range) => span <= SPANS[range])
      if (name && wanted()) choose(name)
    },
    { immediate: true },
  )
}
