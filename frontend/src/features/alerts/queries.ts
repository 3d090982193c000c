import { useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { api, unwrap } from '@/api/client'
import { allOf } from '@/api/pages'

/** The feed tells of what people are told of; what is only pending is asked for. */
const PENDING_MS = 10_000

export const useAlerts = () =>
  useQuery({
    queryKey: ['alerts'],
    queryFn: ({ signal }) => allOf(async (query) => unwrap(await api.GET('/alerts', { params: { query }, signal }))),
    refetchInterval: PENDING_MS,
  })

export const useAlert = (id: MaybeRefOrGetter<number>) =>
  useQuery({
    queryKey: ['alerts', computed(() => toValue(id))],
    queryFn: async ({ signal }) => unwrap(await api.GET('/alerts/{id}', { params: { path: { id: toValue(id) } }, signal })),
    enabled: () => toValue(id) > 0,
  })

export const useRoutes = () =>
  useQuery({
    queryKey: ['notification-routes'],
    queryFn: ({ signal }) => allOf(async (query) => unwrap(await api.GET('/notification-routes', { params: { query }, signal }))),
  })

export const useSent = () =>
  useQuery({
    queryKey: ['notifications'],
    queryFn: async ({ signal }) => unwrap(await api.GET('/notifications', { params: { query: { limit: 100 } }, signal })).items,
    refetchInterval: PENDING_MS,
  })

export const useNotificationSettings = () =>
  useQuery({
    queryKey: ['notification-settings'],
    queryFn: async ({ signal }) => unwrap(await api.GET('/notification-settings', { signal })),
  })
