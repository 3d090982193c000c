import { onScopeDispose, shallowRef, watch, type Ref } from 'vue'

/** A slider is sent when it rests; until its answer is there nothing else moves it. */
const REST_MS = 250

export function useSlide(told: () => number | undefined, send: (to: number) => Promise<unknown>): { at: Ref<number>; slide: (to: number | undefined) => void } {
  const at = shallowRef(told() ?? 0)
  let resting: ReturnType<typeof setTimeout> | undefined
  watch(told, (now) => {
    if (resting === undefined) at.value = now ?? 0
  })
  function slide(to: number | undefined) {
    if (to === undefined) return
    at.value = to
    clearTimeout(resting)
    resting = setTimeout(async () => {
      const sent = at.value
      await send(sent)
      if (at.value !== sent) return
      resting = undefined
      at.value = told() ?? 0
    }, REST_MS)
  }
  onScopeDispose(() => clearTimeout(resting))
  return { at, slide }
}
