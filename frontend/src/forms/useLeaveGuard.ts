import { useEventListener } from '@vueuse/core'
import { onBeforeRouteLeave, onBeforeRouteUpdate } from 'vue-router'
import { shallowRef } from 'vue'

/** Unsaved changes are guarded: leaving asks first. The page shows `asking` in a dialog and calls stay or leave. */
export function useLeaveGuard(dirty: () => boolean) {
  const asking = shallowRef(false)
  let answer: ((leave: boolean) => void) | null = null

  const guard = (): boolean | Promise<boolean> => {
    if (!dirty()) return true
    asking.value = true
    return new Promise<boolean>((resolve) => {
      answer = resolve
    })
  }
  const decide = (leave: boolean) => {
    asking.value = false
    answer?.(leave)
    answer = null
  }
  onBeforeRouteLeave(guard)
  onBeforeRouteUpdate((to, from) => (to.path === from.path ? true : guard()))
  useEventListener(window, 'beforeunload', (event) => {
    if (dirty()) event.preventDefault()
  })
  return { asking, stay: () => decide(false), leave: () => decide(true) }
}
