import { api, unwrap } from '@/api/client'
import type { Alert } from '@/api/types'
import { useBulk } from '@/lists/bulk'

const at = (id: number) => ({ params: { path: { id } } })
/** The same to many at once. */
export const useBulkAlerts = () =>
  useBulk<Alert>(
    {
      key: 'alerts',
      enable: async (id, enabled) => unwrap(await api.PATCH('/alerts/{id}', { ...at(id), body: { enabled } })),
      move: async (id, zone) => unwrap(await api.PATCH('/alerts/{id}', { ...at(id), body: { zone } })),
      remove: async (id) => unwrap(await api.DELETE('/alerts/{id}', at(id))),
      restore: async (id) => unwrap(await api.POST('/alerts/{id}/restore', at(id))),
    },
    'alert',
  )
