import { useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { api, unwrap } from '@/api/client'
import { allOf } from '@/api/pages'

export const useOutputs = () =>
  useQuery({
    queryKey: ['outputs'],
    queryFn: ({ signal }) => allOf(async (query) => unwrap(await api.GET('/outputs', { params: { query }, signal }))),
  })

export const useOutput = (id: MaybeRefOrGetter<number>) =>
  useQuery({
    queryKey: ['outputs', computed(() => toValue(id))],
    queryFn: async ({ signal }) => unwrap(await api.GET('/outputs/{id}', { params: { path: { id: toValue(id) } }, signal })),
  })
