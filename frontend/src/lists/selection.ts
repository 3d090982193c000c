/** What is picked in a list, to be changed together. Rows ask for it by injection, so that a row outside of a list has no box. */
import { computed, inject, provide, shallowRef, type ComputedRef, type InjectionKey, type ShallowRef } from 'vue'
import { between, type ListRow } from './list'

export interface Selection {
  /** The picked things that are shown; what a filter hides is not changed behind its back. */
  ids: ComputedRef<number[]>
  /** On the phone boxes are shown when asked for. */
  picking: Readonly<ShallowRef<boolean>>
  has: (id: number) => boolean
  /** With `through`, everything from the one picked before. */
  toggle: (id: number, through?: boolean) => void
  pick: () => void
  all: () => void
  clear: () => void
}

const key: InjectionKey<Selection> = Symbol('selection')

export function createSelection(shown: () => ListRow<unknown>[]): Selection {
  const picked = shallowRef<ReadonlySet<number>>(new Set())
  const picking = shallowRef(false)
  let anchor: number | null = null
  const ids = computed(() => [...new Set(shown().map((row) => row.id))].filter((id) => picked.value.has(id)))
  function toggle(id: number, through = false) {
    const next = new Set(picked.value)
    if (through && anchor !== null) for (const one of between(shown(), anchor, id)) next.add(one)
    else if (next.has(id)) next.delete(id)
    else next.add(id)
    anchor = id
    picked.value = next
  }
  function clear() {
    picked.value = new Set()
    picking.value = false
    anchor = null
  }
  return { ids, picking, has: (id) => picked.value.has(id), toggle, pick: () => (picking.value = true), all: () => (picked.value = new Set(shown().map((row) => row.id))), clear }
}

export function provideSelection(shown: () => ListRow<unknown>[]): Selection {
  const selection = createSelection(shown)
  provide(key, selection)
  return selection
}
export const useSelection = (): Selection | null => inject(key, null)
