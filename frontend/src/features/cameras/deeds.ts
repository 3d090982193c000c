import { useToast } from '@nuxt/ui/composables'
import { useQueryClient } from '@tanstack/vue-query'
import { useI18n } from 'vue-i18n'
import { api, unwrap } from '@/api/client'
import { messageOf } from '@/api/problem'
import type { Camera } from '@/api/types'
import { useUndoDelete } from '@/app/undo'

/** What one can do to a camera. Each shows at once and takes itself back when the server refuses. */
export function useCameraDeeds() {
  const { t } = useI18n()
  const toast = useToast()
  const cache = useQueryClient()
  const path = (id: number) => ({ params: { path: { id } } })
  const undo = useUndoDelete<Camera>({
    key: 'cameras',
    remove: async (id) => unwrap(await api.DELETE('/cameras/{id}', path(id))),
    restore: async (id) => unwrap(await api.POST('/cameras/{id}/restore', path(id))),
  })
  const put = (camera: Camera) => {
    cache.setQueryData<Camera[]>(['cameras'], (all) => all?.map((other) => (other.id === camera.id ? camera : other)))
    cache.setQueryData(['cameras', camera.id], camera)
  }
  const complain = (title: string, error: unknown) => toast.add({ title, description: messageOf(error), color: 'error', icon: 'i-lucide-circle-x' })

  async function setEnabled(camera: Camera, enabled: boolean): Promise<void> {
    put({ ...camera, enabled })
    try {
      put(unwrap(await (enabled ? api.POST('/cameras/{id}/enable', path(camera.id)) : api.POST('/cameras/{id}/disable', path(camera.id)))))
    } catch (error) {
      put(camera)
      complain(t('deeds.not_switched', { name: camera.name }), error)
    }
  }
  async function retry(camera: Camera): Promise<void> {
    try {
      put(unwrap(await api.POST('/cameras/{id}/retry', path(camera.id))))
    } catch (error) {
      complain(t('deeds.not_retried', { name: camera.name }), error)
    }
  }
  async function duplicate(camera: Camera): Promise<Camera | null> {
    try {
      const copy = unwrap(await api.POST('/cameras/{id}/duplicate', path(camera.id)))
      await cache.invalidateQueries({ queryKey: ['cameras'] })
      return copy
    } catch (error) {
      complain(t('deeds.not_duplicated', { name: camera.name }), error)
      return null
    }
  }
  return { setEnabled, retry, duplicate, remove: undo.remove }
}
