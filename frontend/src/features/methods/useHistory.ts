import { computed, onScopeDispose, shallowRef, watch } from 'vue'

const REST_MS = 350
const MOST = 100

/** Steps back and forth through what was edited. What changes in quick succession, such as a drag, is one step. */
export function useHistory(read: () => string, write: (text: string) => void) {
  const past = shallowRef<string[]>([])
  const future = shallowRef<string[]>([])
  let current = read()
  let timer: ReturnType<typeof setTimeout> | undefined

  function commit(): void {
    clearTimeout(timer)
    timer = undefined
    const now = read()
    if (now === current) return
    past.value = [...past.value.slice(1 - MOST), current]
    future.value = []
    current = now
  }
  watch(read, (now) => {
    clearTimeout(timer)
    if (now !== current) timer = setTimeout(commit, REST_MS)
  })
  function go(from: typeof past, to: typeof past): void {
    commit()
    const text = from.value.at(-1)
    if (text === undefined) return
    from.value = from.value.slice(0, -1)
    to.value = [...to.value, current]
    current = text
    write(text)
  }
  onScopeDispose(() => clearTimeout(timer))
  return { commit, undo: () => go(past, future), redo: () => go(future, past), canUndo: computed(() => past.value.length > 0), canRedo: computed(() => future.value.length > 0) }
}
