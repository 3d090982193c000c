import { shallowRef, type ShallowRef } from 'vue'

/** One clock for the whole page, ms since the epoch, ticking each second while it is visible. */
const clock = shallowRef(Date.now())
let running = false

export function useNow(): Readonly<ShallowRef<number>> {
  if (!running && typeof window !== 'undefined') {
    running = true
    clock.value = Date.now()
    setInterval(() => {
      if (document.visibilityState !== 'hidden') clock.value = Date.now()
    }, 1000)
    document.addEventListener('visibilitychange', () => {
      clock.value = Date.now()
    })
  }
  return clock
}
