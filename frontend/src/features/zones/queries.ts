import { useQuery } from '@tanstack/vue-query'
import { api, unwrap } from '@/api/client'

export const useZones = () =>
  useQuery({
    queryKey: ['zones'],
    queryFn: async ({ signal }) => unwrap(await api.GET('/zones', { signal })).items,
  })
