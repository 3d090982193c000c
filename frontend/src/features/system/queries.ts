import { useQuery } from '@tanstack/vue-query'
import { api, unwrap } from '@/api/client'

export const useSystem = () =>
  useQuery({
    queryKey: ['system'],
    queryFn: async ({ signal }) => unwrap(await api.GET('/system', { signal })),
    refetchInterval: 5000,
    staleTime: 0,
  })

export const useUsers = () =>
  useQuery({ queryKey: ['users'], queryFn: async ({ signal }) => unwrap(await api.GET('/users', { signal })).items })

export const useTokens = () =>
  useQuery({ queryKey: ['tokens'], queryFn: async ({ signal }) => unwrap(await api.GET('/tokens', { signal })).items })
