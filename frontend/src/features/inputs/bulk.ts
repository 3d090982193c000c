import { api, unwrap } from '@/api/client'
import type { Input } from '@/api/types'
import { useBulk } from '@/lists/bulk'

const at = (id: number) => ({ params: { path: { id } } })
/** The same to many at once. */
export const useBulkInputs = () =>
  useBulk<Input>(
    {
      key: 'inputs',
      enable: async (id, on) => unwrap(await (on ? api.POST('/inputs/{id}/enable', at(id)) : api.POST('/inputs/{id}/disable', at(id)))),
      move: async (id, zone) => unwrap(await api.PATCH('/inputs/{id}', { ...at(id), body: { zone } })),
      remove: async (id) => unwrap(await api.DELETE('/inputs/{id}', at(id))),
      restore: async (id) => unwrap(await api.POST('/inputs/{id}/restore', at(id))),
    },
    'input',
  )
