import { useToast } from '@nuxt/ui/composables'
import { useQueryClient } from '@tanstack/vue-query'
import { useI18n } from 'vue-i18n'
import { api, unwrap } from '@/api/client'
import { messageOf } from '@/api/problem'
import type { Dashboard, DashboardDraft, DashboardHead, DashboardPatch } from '@/api/types'
import { useUndoDelete } from '@/app/undo'

/** What can be done with dashboards. Deeds throw what the server refuses, unless it is said otherwise. */
export function useDashboardDeeds() {
  const { t } = useI18n()
  const toast = useToast()
  const cache = useQueryClient()
  const path = (id: number) => ({ params: { path: { id } } })

  const keep = (dashboard: Dashboard) => {
    cache.setQueryData(['dashboards', dashboard.id], dashboard)
    void cache.invalidateQueries({ queryKey: ['dashboards'], exact: true })
    return dashboard
  }
  const fetch = async (id: number) => keep(unwrap(await api.GET('/dashboards/{id}', path(id))))
  const create = async (draft: DashboardDraft) => keep(unwrap(await api.POST('/dashboards', { body: draft })))
  const patch = async (id: number, change: DashboardPatch) => keep(unwrap(await api.PATCH('/dashboards/{id}', { ...path(id), body: change })))
  const duplicate = async (id: number, name: string) => keep(unwrap(await api.POST('/dashboards/{id}/duplicate', { ...path(id), body: { name } })))
  const { remove } = useUndoDelete<DashboardHead>({
    key: 'dashboards',
    remove: async (id) => unwrap(await api.DELETE('/dashboards/{id}', path(id))),
    restore: async (id) => unwrap(await api.POST('/dashboards/{id}/restore', path(id))),
  })

  /** Exchanges it with its neighbour; the list shows it at once. */
  async function shift(all: DashboardHead[], id: number, by: -1 | 1): Promise<void> {
    const at = all.findIndex((one) => one.id === id)
    const order = [...all]
    if (at < 0 || !order[at + by]) return
    order.splice(at + by, 0, ...order.splice(at, 1))
    cache.setQueryData(['dashboards'], order)
    const moved = order.flatMap((one, position) => (one.position !== position && one.may_change ? [{ id: one.id, position }] : []))
    await tell(async () => {
      for (const { id: which, position } of moved) unwrap(await api.PATCH('/dashboards/{id}', { ...path(which), body: { position } }))
    })
    await cache.invalidateQueries({ queryKey: ['dashboards'] })
  }

  /** Does a deed; what is refused is said. Undefined then. */
  async function tell<T>(deed: () => Promise<T>): Promise<T | undefined> {
    try {
      return await deed()
    } catch (error) {
      toast.add({ title: t('dashboards.refused'), description: messageOf(error), color: 'error', icon: 'i-lucide-circle-x' })
      return undefined
    }
  }
  return { fetch, create, patch, duplicate, remove, shift, tell }
}
