/** What would miss things that are about to be deleted: a person is asked only when there is something. */
import { shallowRef } from 'vue'
import { api, unwrap } from '@/api/client'
import type { Dependant } from '@/api/types'

export interface Question {
  /** The one thing, or how many. */
  name: string
  count: number
  dependants: Dependant[]
  answer: (go: boolean) => void
}
/** Shown by the shell, one at a time. */
export const question = shallowRef<Question | null>(null)

const ASKED = ['input', 'output', 'function', 'method']

/** True when nothing would miss them, when a person wants it all the same, or when nobody knows. */
export async function mayDelete(type: string, things: readonly { id: number; name: string }[]): Promise<boolean> {
  const [first] = things
  if (!ASKED.includes(type) || !first) return true
  let dependants: Dependant[]
  try {
    dependants = unwrap(await api.GET('/dependants', { params: { query: { of: things.map((thing) => `${type}/${thing.id}`).join() } } })).items
  } catch {
    return true // the deletion itself will say what is wrong
  }
  if (!dependants.length) return true
  question.value?.answer(false)
  const go = await new Promise<boolean>((answer) => (question.value = { name: first.name, count: things.length, dependants, answer }))
  question.value = null
  return go
}
