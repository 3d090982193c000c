import { useToast } from '@nuxt/ui/composables'
import { useQueryClient } from '@tanstack/vue-query'
import { useI18n } from 'vue-i18n'
import { api, unwrap } from '@/api/client'
import { messageOf } from '@/api/problem'
import type { HyphaFunction, PidPatch } from '@/api/types'
import { useUndoDelete } from '@/app/undo'

/** What one can do to a function. Each shows at once; what is refused is taken back and said. */
export function useFunctionDeeds() {
  const { t } = useI18n()
  const toast = useToast()
  const cache = useQueryClient()
  const path = (id: number) => ({ params: { path: { id } } })
  const complain = (title: string, error: unknown) => toast.add({ title, description: messageOf(error), color: 'error', icon: 'i-lucide-circle-x' })
  const put = (f: HyphaFunction) => {
    cache.setQueryData<HyphaFunction[]>(['functions'], (all) => all?.map((other) => (other.id === f.id ? f : other)))
    cache.setQueryData(['functions', f.id], f)
  }

  async function setEnabled(f: HyphaFunction, enabled: boolean): Promise<void> {
    put({ ...f, enabled })
    try {
      put(unwrap(await (enabled ? api.POST('/functions/{id}/enable', path(f.id)) : api.POST('/functions/{id}/disable', path(f.id)))))
    } catch (error) {
      put(f)
      complain(t('deeds.not_switched', { name: f.name }), error)
    }
  }

  async function duplicate(f: HyphaFunction): Promise<HyphaFunction | null> {
    try {
      const copy = unwrap(await api.POST('/functions/{id}/duplicate', { ...path(f.id), body: { enabled: false } }))
      await cache.invalidateQueries({ queryKey: ['functions'] })
      return copy
    } catch (error) {
      complain(t('deeds.not_duplicated', { name: f.name }), error)
      return null
    }
  }

  /** Changes a PID while it runs. Answers the error, so that a form can show it at its field. */
  async function adjust(f: HyphaFunction, change: PidPatch | { manual: null }): Promise<unknown> {
    await cache.cancelQueries({ queryKey: ['functions', f.id] }) // an answer from before would take the change back for a moment
    try {
      put(unwrap(await api.PATCH('/functions/{id}/pid', { ...path(f.id), body: change as PidPatch })))
      return null
    } catch (error) {
      complain(t('functions.refused', { name: f.name }), error)
      return error
    }
  }

  /** An order of its kind: reset, fire, run. */
  async function order(f: HyphaFunction, name: string, done: string, args: Record<string, unknown> = {}): Promise<boolean> {
    try {
      unwrap(await api.POST('/functions/{id}/orders/{order}', { params: { path: { id: f.id, order: name } }, body: args }))
      await cache.invalidateQueries({ queryKey: ['functions', f.id] })
      if (done) toast.add({ title: done, color: 'success', icon: 'i-lucide-check', duration: 3000 })
      return true
    } catch (error) {
      complain(t('functions.refused', { name: f.name }), error)
      return false
    }
  }

  const undo = useUndoDelete<HyphaFunction>({
    key: 'functions',
    remove: async (id) => unwrap(await api.DELETE('/functions/{id}', path(id))),
    restore: async (id) => unwrap(await api.POST('/functions/{id}/restore', path(id))),
  })
  return { setEnabled, duplicate, adjust, order, remove: undo.remove }
}
