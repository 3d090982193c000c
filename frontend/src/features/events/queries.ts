import { useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { api, unwrap } from '@/api/client'

export interface EventQuery {
  type?: string
  source?: string
  from?: string
  limit?: number
}

export const useEvents = (query: MaybeRefOrGetter<EventQuery>) =>
  useQuery({
    queryKey: ['events', computed(() => toValue(query))],
    queryFn: async ({ signal }) => unwrap(await api.GET('/events', { params: { query: toValue(query) }, signal })),
    placeholderData: (before) => before,
  })
