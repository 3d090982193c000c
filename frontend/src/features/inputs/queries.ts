import { useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { api, unwrap } from '@/api/client'
import { allOf } from '@/api/pages'
import type { Kind } from '@/api/types'

export const useInputs = () =>
  useQuery({
    queryKey: ['inputs'],
    queryFn: ({ signal }) => allOf(async (query) => unwrap(await api.GET('/inputs', { params: { query }, signal }))),
  })

export const useInput = (id: MaybeRefOrGetter<number>) =>
  useQuery({
    queryKey: ['inputs', computed(() => toValue(id))],
    queryFn: async ({ signal }) => unwrap(await api.GET('/inputs/{id}', { params: { path: { id: toValue(id) } }, signal })),
  })

/** The catalogue of what can be added; it changes only with the program. */
export const useKinds = (type: Kind['type']) =>
  useQuery({
    queryKey: ['kinds', type],
    queryFn: async ({ signal }) => unwrap(await api.GET('/kinds', { params: { query: { type } }, signal })).items,
    staleTime: Infinity,
  })

export const useDiscoveries = () =>
  useQuery({
    queryKey: ['discoveries'],
    queryFn: async ({ signal }) => unwrap(await api.GET('/discoveries', { signal })).items,
  })
