import { inject, nextTick, provide, reactive, shallowReactive, computed, type Component, type ComputedRef, type InjectionKey } from 'vue'
import { ApiError } from '@/api/problem'
import type { FieldKind } from './schema'
import { getAt, setAt, type Values } from './values'

/** What a field needs of the form it stands in. Paths are those of the request body: "options.channels[0].topic". */
export interface Form {
  readonly values: Values
  readonly dirty: ComputedRef<boolean>
  get(path: string): unknown
  set(path: string, value: unknown): void
  error(path: string): string | undefined
  /** A field was left: `check` says what is wrong with it. */
  leave(path: string, message: string): void
  secretIsSet(path: string): boolean
  /** Puts the server's field errors on their fields and the cursor into the first; true when there were any. */
  refuse(error: unknown): boolean
  /** Puts what is wrong on its fields, in the place of what stood there, and the cursor into the first; true when nothing is. */
  accept(wrong: ReadonlyMap<string, string>): boolean
  focus(path: string): void
  /** Takes the present values as saved, or other values as the new state. */
  settle(values?: Values): void
}

interface FormOptions {
  values: Values
  secretsSet?: string[]
  /** Where the fields of the form are found, for the focus. */
  root?: () => HTMLElement | null | undefined
}

export function createForm({ values, secretsSet = [], root }: FormOptions): Form {
  const state = reactive<{ values: Values; saved: string }>({ values, saved: JSON.stringify(values) })
  const errors = shallowReactive(new Map<string, string>())
  const secrets = new Set(secretsSet)
  const dirty = computed(() => JSON.stringify(state.values) !== state.saved)

  function focus(path: string): void {
    void nextTick(() => {
      const scope = root?.() ?? document
      const holder = [...scope.querySelectorAll<HTMLElement>('[data-path]')].find((e) => e.dataset.path === path)
      for (let fold = holder?.closest('details'); fold; fold = fold.parentElement?.closest('details')) fold.open = true
      const control = holder?.querySelector<HTMLElement>('input, select, textarea, button:not([tabindex="-1"])')
      ;(control ?? holder)?.focus()
      holder?.scrollIntoView?.({ block: 'center', behavior: 'auto' })
    })
  }

  /** A path that no field carries belongs to the nearest one above it. */
  function nearest(path: string): string {
    const scope = root?.() ?? document
    const known = new Set([...scope.querySelectorAll<HTMLElement>('[data-path]')].map((e) => e.dataset.path))
    let at = path
    while (at && !known.has(at)) at = at.replace(/(\.[^.[\]]+|\[\d+\])$|^[^.[\]]+$/, '')
    return at || path
  }

  return {
    get values() {
      return state.values
    },
    dirty,
    get: (path) => getAt(state.values, path),
    set(path, value) {
      setAt(state.values, path, value)
      errors.delete(path)
    },
    error: (path) => errors.get(path),
    leave(path, message) {
      if (message) errors.set(path, message)
      else errors.delete(path)
    },
    secretIsSet: (path) => secrets.has(path) || secrets.has(path.replace(/^options\./, '')),
    refuse(error) {
      if (!(error instanceof ApiError) || !error.fields.length) return false
      for (const { field, message } of error.fields) errors.set(nearest(field), message)
      const first = error.fields[0]
      if (first) focus(nearest(first.field))
      return true
    },
    accept(wrong) {
      errors.clear()
      for (const [path, message] of wrong) errors.set(path, message)
      const first = [...wrong.keys()][0]
      if (first) focus(first)
      return wrong.size === 0
    },
    focus,
    settle(next) {
      if (next) state.values = next
      state.saved = JSON.stringify(state.values)
    },
  }
}

const KEY: InjectionKey<Form> = Symbol('form')
export const provideForm = (form: Form): void => provide(KEY, form)
export function useForm(): Form {
  const form = inject(KEY)
  if (!form) throw new Error('a form field stands outside of a form')
  return form
}

/** A feature may bring controls of its own for its forms, such as the editor of scripts. */
type Controls = Partial<Record<FieldKind, Component>>
const CONTROLS: InjectionKey<Controls> = Symbol('controls')
export const provideControls = (controls: Controls): void => provide(CONTROLS, controls)
export const useControls = (): Controls => inject(CONTROLS, {})
