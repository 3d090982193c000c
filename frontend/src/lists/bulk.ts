import { useToast } from '@nuxt/ui/composables'
import { useQueryClient } from '@tanstack/vue-query'
import { useI18n } from 'vue-i18n'
import { messageOf } from '@/api/problem'
import { mayDelete } from '@/app/dependants'

const UNDO_MS = 10_000
const AT_ONCE = 4

export interface Thing {
  id: number
  name: string
  enabled: boolean
  zone?: number | null
}
export interface Calls<T extends Thing> {
  key: string
  enable: (id: number, on: boolean) => Promise<T>
  move?: (id: number, zone: number | null) => Promise<T>
  remove: (id: number) => Promise<unknown>
  restore: (id: number) => Promise<unknown>
}
/** What a bar of picked things can do to them; each answers when all have been tried. */
export interface BulkDeeds {
  enable: (ids: number[], on: boolean) => Promise<void>
  move?: (ids: number[], zone: number | null, name: string) => Promise<void>
  /** False when somebody thought better of it. */
  remove: (ids: number[]) => Promise<boolean>
}

/** Runs the call for each, a few at a time; the failures by id. */
export async function forEach(ids: readonly number[], call: (id: number) => Promise<unknown>): Promise<Map<number, unknown>> {
  const failed = new Map<number, unknown>()
  const waiting = [...ids]
  const work = async () => {
    for (let id = waiting.shift(); id !== undefined; id = waiting.shift()) {
      try {
        await call(id)
      } catch (error) {
        failed.set(id, error)
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(AT_ONCE, ids.length) }, work))
  return failed
}

/** Changes many things at once: shown at once, one undo for all of them, what fails is put back and named. */
export function useBulk<T extends Thing>(calls: Calls<T>, /** As references call them: "input". */ type: string): BulkDeeds {
  const { t } = useI18n()
  const toast = useToast()
  const cache = useQueryClient()
  const all = () => cache.getQueryData<T[]>([calls.key]) ?? []
  const show = (change: (things: T[]) => T[]) => cache.setQueryData<T[]>([calls.key], (things) => things && change(things))
  const refresh = () => Promise.all([calls.key, 'channels', 'zones'].map((key) => cache.invalidateQueries({ queryKey: [key] })))

  /** One run with its words; `undo` is offered for those that worked. */
  async function run(before: T[], call: (id: number) => Promise<unknown>, done: (n: number) => string, undo: (things: T[]) => Promise<void>) {
    const failed = await forEach(before.map((thing) => thing.id), call)
    const worked = before.filter((thing) => !failed.has(thing.id))
    const lost = before.filter((thing) => failed.has(thing.id))
    const [first] = lost
    if (worked.length) {
      toast.add({
        title: done(worked.length),
        icon: 'i-lucide-check',
        color: 'neutral',
        duration: UNDO_MS,
        actions: [{ label: t('common.undo'), color: 'primary', variant: 'solid', onClick: () => void undo(worked) }],
      })
    }
    if (first) {
      const names = lost.map((thing) => thing.name).join(', ')
      toast.add({ title: t('lists.failed', { n: lost.length, names }, lost.length), description: messageOf(failed.get(first.id)), color: 'error', icon: 'i-lucide-circle-x' })
    }
    await refresh()
  }
  const picked = (ids: number[]) => all().filter((thing) => ids.includes(thing.id))
  const back = async (things: T[], call: (thing: T) => Promise<unknown>) => {
    const failed = await forEach(things.map((thing) => thing.id), (id) => call(things.find((thing) => thing.id === id) as T))
    const [first] = failed.values()
    if (failed.size) toast.add({ title: t('lists.not_undone', { n: failed.size }, failed.size), description: messageOf(first), color: 'error', icon: 'i-lucide-circle-x' })
    await refresh()
  }

  async function enable(ids: number[], on: boolean) {
    const before = picked(ids).filter((thing) => thing.enabled !== on)
    if (!before.length) return
    show((things) => things.map((thing) => (ids.includes(thing.id) ? { ...thing, enabled: on } : thing)))
    const words = (n: number) => t(on ? 'lists.enabled' : 'lists.disabled', { n }, n)
    await run(before, (id) => calls.enable(id, on), words, (things) => back(things, (thing) => calls.enable(thing.id, !on)))
  }
  async function move(ids: number[], zone: number | null, name: string) {
    const to = calls.move
    const before = picked(ids).filter((thing) => (thing.zone ?? null) !== zone)
    if (!to || !before.length) return
    show((things) => things.map((thing) => (ids.includes(thing.id) ? { ...thing, zone } : thing)))
    await run(before, (id) => to(id, zone), (n) => t('lists.moved', { n, zone: name }, n), (things) => back(things, (thing) => to(thing.id, thing.zone ?? null)))
  }
  async function remove(ids: number[]) {
    const before = picked(ids)
    if (!(await mayDelete(type, before))) return false
    show((things) => things.filter((thing) => !ids.includes(thing.id)))
    await run(before, calls.remove, (n) => t('lists.deleted', { n }, n), (things) => back(things, (thing) => calls.restore(thing.id)))
    return true
  }
  return { enable, ...(calls.move && { move }), remove }
}
