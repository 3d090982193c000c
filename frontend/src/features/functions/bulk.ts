import { api, unwrap } from '@/api/client'
import type { HyphaFunction } from '@/api/types'
import { useBulk } from '@/lists/bulk'

const at = (id: number) => ({ params: { path: { id } } })
/** The same to many at once. */
export const useBulkFunctions = () =>
  useBulk<HyphaFunction>(
    {
      key: 'functions',
      enable: async (id, on) => unwrap(await (on ? api.POST('/functions/{id}/enable', at(id)) : api.POST('/functions/{id}/disable', at(id)))),
      move: async (id, zone) => unwrap(await api.PATCH('/functions/{id}', { ...at(id), body: { zone } })),
      remove: async (id) => unwrap(await api.DELETE('/functions/{id}', at(id))),
      restore: async (id) => unwrap(await api.POST('/functions/{id}/restore', at(id))),
    },
    'function',
  )
