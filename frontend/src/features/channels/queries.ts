import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed } from 'vue'
import { api, unwrap } from '@/api/client'
import { allOf } from '@/api/pages'
import type { Channel, ChannelBody } from '@/api/types'

export const useChannels = () =>
  useQuery({
    queryKey: ['channels'],
    queryFn: ({ signal }) => allOf(async (query) => unwrap(await api.GET('/channels', { params: { query }, signal }))),
  })

/** Channels by id. */
export function useChannelMap() {
  const query = useChannels()
  return computed(() => new Map((query.data.value ?? []).map((channel) => [channel.id, channel])))
}

/** Units and quantities hardly change: they are fetched once. */
export const useUnits = () =>
  useQuery({
    queryKey: ['units'],
    queryFn: async ({ signal }) => unwrap(await api.GET('/units', { signal })).items,
    staleTime: Infinity,
  })

export const useQuantities = () =>
  useQuery({
    queryKey: ['quantities'],
    queryFn: async ({ signal }) => unwrap(await api.GET('/quantities', { signal })).items,
    staleTime: Infinity,
  })

export function useChangeChannel() {
  const cache = useQueryClient()
  return useMutation({
    mutationFn: async ({ id, change }: { id: number; change: ChannelBody }) =>
      unwrap(await api.PATCH('/channels/{id}', { params: { path: { id } }, body: change })),
    onSuccess: (channel: Channel) => {
      cache.setQueryData<Channel[]>(['channels'], (all) => all?.map((c) => (c.id === channel.id ? channel : c)))
      void cache.invalidateQueries({ queryKey: ['inputs'] })
    },
  })
}
