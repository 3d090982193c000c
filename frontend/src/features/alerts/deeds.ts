import { useToast } from '@nuxt/ui/composables'
import { useQueryClient } from '@tanstack/vue-query'
import { useI18n } from 'vue-i18n'
import { api, unwrap } from '@/api/client'
import { messageOf } from '@/api/problem'
import type { Alert, Delivery, NotificationRoute } from '@/api/types'
import { useUndoDelete } from '@/app/undo'

/** What one can do to an alert or a route from a list. */
export function useAlertDeeds() {
  const { t } = useI18n()
  const toast = useToast()
  const cache = useQueryClient()
  const path = (id: number) => ({ params: { path: { id } } })
  const complain = (title: string, error: unknown) => toast.add({ title, description: messageOf(error), color: 'error', icon: 'i-lucide-circle-x' })
  const put = (alert: Alert) => {
    cache.setQueryData<Alert[]>(['alerts'], (all) => all?.map((other) => (other.id === alert.id ? alert : other)))
    cache.setQueryData(['alerts', alert.id], alert)
  }

  async function act(alert: Alert, deed: () => Promise<Alert>): Promise<void> {
    try {
      put(await deed())
    } catch (error) {
      complain(t('alerts.not_done', { name: alert.name }), error)
    }
  }
  const acknowledge = (alert: Alert) => act(alert, async () => unwrap(await api.POST('/alerts/{id}/acknowledge', { ...path(alert.id), body: {} })))
  /** Silent for so many seconds; 0 ends the silence. */
  const snooze = (alert: Alert, for_s: number) => act(alert, async () => unwrap(await api.POST('/alerts/{id}/snooze', { ...path(alert.id), body: { for_s } })))
  const setEnabled = (alert: Alert, enabled: boolean) => act(alert, async () => unwrap(await api.PATCH('/alerts/{id}', { ...path(alert.id), body: { enabled } })))

  async function tested(name: string, send: () => Promise<Delivery[]>): Promise<void> {
    try {
      const sent = await send()
      const names = sent.map((one) => one.route_name).join(', ')
      toast.add({ title: t('alerts.test_sent', { name }), description: t('alerts.test_by', { names }), color: 'success', icon: 'i-lucide-send' })
      void cache.invalidateQueries({ queryKey: ['notifications'] })
    } catch (error) {
      complain(t('alerts.not_tested', { name }), error)
    }
  }
  const test = (alert: Alert) => tested(alert.name, async () => unwrap(await api.POST('/alerts/{id}/test', path(alert.id))).items)
  const testRoute = (route: NotificationRoute) => tested(route.name, async () => [unwrap(await api.POST('/notification-routes/{id}/test', path(route.id)))])

  const undo = useUndoDelete<Alert>({
    key: 'alerts',
    remove: async (id) => unwrap(await api.DELETE('/alerts/{id}', path(id))),
    restore: async (id) => unwrap(await api.POST('/alerts/{id}/restore', path(id))),
  })

  /** A route is gone at once with what waits for it, so it is asked about before. */
  async function removeRoute(route: NotificationRoute): Promise<void> {
    try {
      unwrap(await api.DELETE('/notification-routes/{id}', path(route.id)))
      void cache.invalidateQueries({ queryKey: ['notification-routes'] })
    } catch (error) {
      complain(t('alerts.not_done', { name: route.name }), error)
    }
  }
  return { acknowledge, snooze, setEnabled, test, testRoute, remove: undo.remove, removeRoute }
}
