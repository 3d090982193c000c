import { useToast } from '@nuxt/ui/composables'
import { useQueryClient } from '@tanstack/vue-query'
import { useI18n } from 'vue-i18n'
import { api, unwrap } from '@/api/client'
import { messageOf } from '@/api/problem'
import type { Input } from '@/api/types'
import { useUndoDelete } from '@/app/undo'

/** What one can do to an input from a list. Each shows at once and takes itself back when the server refuses. */
export function useInputDeeds() {
  const { t } = useI18n()
  const toast = useToast()
  const cache = useQueryClient()
  const path = (id: number) => ({ params: { path: { id } } })
  const undo = useUndoDelete<Input>({
    key: 'inputs',
    remove: async (id) => unwrap(await api.DELETE('/inputs/{id}', path(id))),
    restore: async (id) => unwrap(await api.POST('/inputs/{id}/restore', path(id))),
  })

  const put = (input: Input) => {
    cache.setQueryData<Input[]>(['inputs'], (all) => all?.map((other) => (other.id === input.id ? input : other)))
    cache.setQueryData(['inputs', input.id], input)
  }
  const complain = (title: string, error: unknown) =>
    toast.add({ title, description: messageOf(error), color: 'error', icon: 'i-lucide-circle-x' })

  async function setEnabled(input: Input, enabled: boolean): Promise<void> {
    put({ ...input, enabled })
    try {
      put(unwrap(await (enabled ? api.POST('/inputs/{id}/enable', path(input.id)) : api.POST('/inputs/{id}/disable', path(input.id)))))
    } catch (error) {
      put(input)
      complain(t('deeds.not_switched', { name: input.name }), error)
    }
  }

  async function retry(input: Input): Promise<void> {
    try {
      put(unwrap(await api.POST('/inputs/{id}/retry', path(input.id))))
    } catch (error) {
      complain(t('deeds.not_retried', { name: input.name }), error)
    }
  }

  async function duplicate(input: Input): Promise<Input | null> {
    try {
      const copy = unwrap(await api.POST('/inputs/{id}/duplicate', { ...path(input.id), body: { enabled: false } }))
      await cache.invalidateQueries({ queryKey: ['inputs'] })
      return copy
    } catch (error) {
      complain(t('deeds.not_duplicated', { name: input.name }), error)
      return null
    }
  }

  return { setEnabled, retry, duplicate, remove: undo.remove }
}
