import { api, unwrap } from '@/api/client'
import type { Output } from '@/api/types'
import { useBulk } from '@/lists/bulk'

const at = (id: number) => ({ params: { path: { id } } })
/** The same to many at once. */
export const useBulkOutputs = () =>
  useBulk<Output>(
    {
      key: 'outputs',
      enable: async (id, on) => unwrap(await (on ? api.POST('/outputs/{id}/enable', at(id)) : api.POST('/outputs/{id}/disable', at(id)))),
      move: async (id, zone) => unwrap(await api.PATCH('/outputs/{id}', { ...at(id), body: { zone } })),
      remove: async (id) => unwrap(await api.DELETE('/outputs/{id}', at(id))),
      restore: async (id) => unwrap(await api.POST('/outputs/{id}/restore', at(id))),
    },
    'output',
  )
