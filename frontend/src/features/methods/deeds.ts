import { useToast } from '@nuxt/ui/composables'
import { useQueryClient } from '@tanstack/vue-query'
import { useI18n } from 'vue-i18n'
import { api, unwrap } from '@/api/client'
import { messageOf } from '@/api/problem'
import { useUndoDelete } from '@/app/undo'
import type { Method } from './definition'

export function useMethodDeeds() {
  const { t } = useI18n()
  const toast = useToast()
  const cache = useQueryClient()
  const path = (id: number) => ({ params: { path: { id } } })

  async function duplicate(m: Method): Promise<Method | null> {
    try {
      const copy = unwrap(await api.POST('/methods', { body: { name: t('methods.copy_of', { name: m.name }).slice(0, 100), definition: m.definition } }))
      await cache.invalidateQueries({ queryKey: ['methods'] })
      return copy
    } catch (error) {
      toast.add({ title: t('deeds.not_duplicated', { name: m.name }), description: messageOf(error), color: 'error', icon: 'i-lucide-circle-x' })
      return null
    }
  }

  const undo = useUndoDelete<{ id: number; name: string }>({
    key: 'methods',
    remove: async (id) => unwrap(await api.DELETE('/methods/{id}', path(id))),
    restore: async (id) => unwrap(await api.POST('/methods/{id}/restore', path(id))),
  })
  return { duplicate, remove: undo.remove }
}
