import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { api, unwrap } from '@/api/client'

interface Between {
  from: number
  to: number
}

const asked = ({ from, to }: Between) => ({ from: new Date(from).toISOString(), to: new Date(to).toISOString() })

export const useSchedule = (between: MaybeRefOrGetter<Between>) =>
  useQuery({
    queryKey: ['functions', 'schedule', computed(() => asked(toValue(between)))],
    queryFn: async ({ signal }) => unwrap(await api.GET('/schedule', { params: { query: asked(toValue(between)) }, signal })),
    placeholderData: keepPreviousData,
  })

/** When the sun is down at the site; none when nobody has said where that is. */
export const useNights = (between: MaybeRefOrGetter<Between>) =>
  useQuery({
    queryKey: ['nights', computed(() => asked(toValue(between)))],
    queryFn: async ({ signal }) => unwrap(await api.GET('/nights', { params: { query: asked(toValue(between)) }, signal })),
    placeholderData: keepPreviousData,
  })
