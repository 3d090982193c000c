/** What was done, to be undone and done again. */
import { computed, shallowRef, type ComputedRef, type ShallowRef } from 'vue'

const MOST = 100

interface Step<T> {
  state: T
  /** Steps of the same sort in a row are one: letters typed into a field. */
  sort: string
}

export interface Edits<T> {
  state: ComputedRef<T>
  /** Grows with every step back and forth. */
  turns: Readonly<ShallowRef<number>>
  canUndo: ComputedRef<boolean>
  canRedo: ComputedRef<boolean>
  changed: ComputedRef<boolean>
  commit: (state: T, sort?: string) => void
  undo: () => void
  redo: () => void
}

export function createEdits<T>(first: T): Edits<T> {
  const steps = shallowRef<Step<T>[]>([{ state: first, sort: '' }])
  const at = shallowRef(0)
  const turns = shallowRef(0)
  const state = computed(() => steps.value[at.value]!.state)
  const go = (by: number) => {
    const to = at.value + by
    if (to < 0 || to >= steps.value.length) return
    at.value = to
    turns.value += 1
  }
  return {
    state,
    turns,
    canUndo: computed(() => at.value > 0),
    canRedo: computed(() => at.value < steps.value.length - 1),
    changed: computed(() => state.value !== first),
    commit(next, sort = '') {
      if (next === state.value) return
      const kept = steps.value.slice(0, at.value + 1)
      const last = kept.at(-1)
      if (sort && last?.sort === sort && kept.length > 1) kept.pop()
      const all = [...kept, { state: next, sort }]
      // The first step stays, so that everything can be taken back.
      steps.value = all.length > MOST ? [all[0]!, ...all.slice(-MOST + 1)] : all
      at.value = steps.value.length - 1
    },
    undo: () => go(-1),
    redo: () => go(1),
  }
}
