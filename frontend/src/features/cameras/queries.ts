import { useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { api, unwrap } from '@/api/client'
import { allOf } from '@/api/pages'

export const useCameras = () =>
  useQuery({
    queryKey: ['cameras'],
    queryFn: ({ signal }) => allOf(async (query) => unwrap(await api.GET('/cameras', { params: { query }, signal }))),
  })

export const useCamera = (id: MaybeRefOrGetter<number>) =>
  useQuery({
    queryKey: ['cameras', computed(() => toValue(id))],
    queryFn: async ({ signal }) => unwrap(await api.GET('/cameras/{id}', { params: { path: { id: toValue(id) } }, signal })),
  })

export const useTimelapseSchema = () =>
  useQuery({ queryKey: ['timelapse-schema'], queryFn: async ({ signal }) => unwrap(await api.GET('/cameras/timelapse-schema', { signal })), staleTime: Infinity })

/** Times of kept stills; more than fit are chosen evenly by the server. */
export const useStills = (id: MaybeRefOrGetter<number>, from: MaybeRefOrGetter<string>) =>
  useQuery({
    queryKey: ['cameras', computed(() => toValue(id)), 'stills', computed(() => toValue(from))],
    queryFn: async ({ signal }) =>
      unwrap(await api.GET('/cameras/{id}/stills', { params: { path: { id: toValue(id) }, query: { limit: 600, ...(toValue(from) && { from: `-${toValue(from)}` }) } }, signal })),
  })
