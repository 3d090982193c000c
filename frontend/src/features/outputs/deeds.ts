import { useToast } from '@nuxt/ui/composables'
import { useQueryClient } from '@tanstack/vue-query'
import { useI18n } from 'vue-i18n'
import { api, unwrap } from '@/api/client'
import { messageOf } from '@/api/problem'
import type { Command, Output, OutputState } from '@/api/types'
import { useUndoDelete } from '@/app/undo'
import { live } from '@/live'

/** Commands to outputs show at once. They wait for nobody: what is refused is taken back and said. */
export function useOutputDeeds() {
  const { t } = useI18n()
  const toast = useToast()
  const cache = useQueryClient()
  const path = (id: number) => ({ params: { path: { id } } })
  const complain = (title: string, error: unknown) => toast.add({ title, description: messageOf(error), color: 'error', icon: 'i-lucide-circle-x' })
  const put = (output: Output) => {
    cache.setQueryData<Output[]>(['outputs'], (all) => all?.map((other) => (other.id === output.id ? output : other)))
    cache.setQueryData(['outputs', output.id], output)
  }

  async function drive(output: Output, index: number, before: OutputState, command: Command): Promise<boolean> {
    const { duration_s, lease_s, ...level } = command
    const ends = duration_s ? new Date(Date.now() + duration_s * 1000).toISOString() : undefined
    const wanted: OutputState = { index, ...level, by: 'user:', since: new Date().toISOString(), ends_at: ends }
    if (lease_s === undefined && level.volume_ml === undefined) live.setOutput({ id: output.id, ...wanted, by: before.by })
    try {
      const state = unwrap(await api.PUT('/outputs/{id}/channels/{n}', { params: { path: { id: output.id, n: index } }, body: command }))
      live.setOutput({ id: output.id, ...state })
      return true
    } catch (error) {
      live.setOutput({ id: output.id, ...before })
      complain(t('outputs.refused', { name: output.name }), error)
      return false
    }
  }

  /** What changes a channel without a command: its new state is fetched with its output. */
  async function amend(output: Output, change: () => Promise<unknown>): Promise<void> {
    try {
      await change()
    } catch (error) {
      complain(t('outputs.refused', { name: output.name }), error)
    }
    await cache.invalidateQueries({ queryKey: ['outputs'] })
  }
  const at = (output: Output, n: number) => ({ params: { path: { id: output.id, n } } })
  const endOverride = (output: Output, n: number) => amend(output, async () => unwrap(await api.DELETE('/outputs/{id}/channels/{n}/override', at(output, n))))
  const acknowledge = (output: Output, n: number) =>
    amend(output, async () => live.setOutput({ id: output.id, ...unwrap(await api.POST('/outputs/{id}/channels/{n}/acknowledge', at(output, n))) }))
  const serviced = (output: Output, n: number) => amend(output, async () => unwrap(await api.POST('/outputs/{id}/channels/{n}/serviced', at(output, n))))

  async function setEnabled(output: Output, enabled: boolean): Promise<void> {
    put({ ...output, enabled })
    try {
      put(unwrap(await (enabled ? api.POST('/outputs/{id}/enable', path(output.id)) : api.POST('/outputs/{id}/disable', path(output.id)))))
    } catch (error) {
      put(output)
      complain(t('outputs.refused', { name: output.name }), error)
    }
  }

  const undo = useUndoDelete<Output>({
    key: 'outputs',
    remove: async (id) => unwrap(await api.DELETE('/outputs/{id}', path(id))),
    restore: async (id) => unwrap(await api.POST('/outputs/{id}/restore', path(id))),
  })
  return { drive, endOverride, acknowledge, serviced, setEnabled, remove: undo.remove }
}
