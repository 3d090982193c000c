import { nextTick, onScopeDispose } from 'vue'
import { useRouter } from 'vue-router'

/**
 * On another page the focus is where that page begins, and who listens hears its name; else it would be lost with what was clicked.
 * A tab, a filter or a range is the same page: nothing moves.
 */
export function useRouteFocus(title: () => string, announce: (text: string) => void): void {
  const router = useRouter()
  const off = router.afterEach((to, from) => {
    const same = to.matched[0] === from.matched[0] && to.params.id === from.params.id && to.params.kind === from.params.kind
    if (!from.matched.length || same) return
    void nextTick(() => {
      const held = document.activeElement
      // A field that took the focus by itself, or a dialog, keeps it.
      if (held instanceof HTMLElement && held.closest('#main, [role="dialog"]')) return
      document.getElementById('main')?.focus({ preventScroll: true })
      announce(title())
    })
  })
  onScopeDispose(off)
}
