import { useDocumentVisibility, useElementVisibility, useIntervalFn } from '@vueuse/core'
import { computed, shallowRef, watch, type Ref } from 'vue'

/**
 * The address of a camera's newest still, anew each so often while it can be seen: a page in the background, or a tile that is scrolled
 * away, asks for nothing.
 */
export function useStill(id: () => number, on: () => boolean, element: Readonly<Ref<HTMLElement | null>>, everyMs: number) {
  const page = useDocumentVisibility()
  const inside = useElementVisibility(element)
  const seen = computed(() => on() && page.value === 'visible' && inside.value)
  const turn = shallowRef(Date.now())
  const failed = shallowRef(false)
  const address = shallowRef('')
  const refresh = () => {
    turn.value = Date.now()
    address.value = `/api/v1/cameras/${id()}/still.jpg?max_age_s=${Math.round(everyMs / 1000)}&n=${turn.value}`
  }
  const timer = useIntervalFn(refresh, everyMs, { immediate: false })
  watch(
    [seen, id],
    ([visible]) => {
      if (visible) {
        refresh()
        timer.resume()
      } else timer.pause()
    },
    { immediate: true },
  )
  return { address, failed, refresh }
}
