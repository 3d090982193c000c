import { useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { api, unwrap } from '@/api/client'
import { allOf } from '@/api/pages'

/** The dashboards that one sees, in order, without what lies on them. */
export const useDashboards = () =>
  useQuery({
    queryKey: ['dashboards'],
    queryFn: ({ signal }) => allOf(async (query) => unwrap(await api.GET('/dashboards', { params: { query }, signal }))),
  })

export const useDashboard = (id: MaybeRefOrGetter<number>) =>
  useQuery({
    queryKey: ['dashboards', computed(() => toValue(id))],
    queryFn: async ({ signal }) => unwrap(await api.GET('/dashboards/{id}', { params: { path: { id: toValue(id) } }, signal })),
    enabled: () => toValue(id) > 0,
  })

export const useLinks = (id: MaybeRefOrGetter<number>, wanted: MaybeRefOrGetter<boolean>) =>
  useQuery({
    queryKey: ['dashboard-links', computed(() => toValue(id))],
    queryFn: async ({ signal }) => unwrap(await api.GET('/dashboards/{id}/links', { params: { path: { id: toValue(id) } }, signal })).items,
    enabled: () => toValue(wanted) && toValue(id) > 0,
  })
