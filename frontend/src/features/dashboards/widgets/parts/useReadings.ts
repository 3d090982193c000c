import { useQuery } from '@tanstack/vue-query'
import { useDocumentVisibility } from '@vueuse/core'
import { computed, type ComputedRef } from 'vue'
import { api, unwrap } from '@/api/client'
import type { WidgetRange } from './fields'

/** What was measured changes slowly beside what is measured: it is asked for again once a minute, while somebody looks. */
const REFRESH_MS = 60_000

export function useMinutely(): ComputedRef<number | false> {
  const visibility = useDocumentVisibility()
  return computed(() => (visibility.value === 'visible' ? REFRESH_MS : false))
}

/** Buckets of channels from a moment on; `from` and `to` as the API takes them. */
export function useBuckets(query: () => { channels: number[]; from: string; to?: string; points: number }) {
  const asked = computed(query)
  return useQuery({
    queryKey: ['widget-buckets', asked],
    queryFn: async ({ signal }) => {
      const { channels, from, to, points } = asked.value
      return unwrap(await api.GET('/readings', { params: { query: { channel: channels, from, to, points } }, signal })).series
    },
    enabled: () => asked.value.channels.length > 0,
    refetchInterval: useMinutely(),
    staleTime: REFRESH_MS / 2,
    placeholderData: (before) => before,
  })
}

/** Least, mean and greatest of channels over a range. */
export function useAggregates(query: () => { channels: number[]; range: WidgetRange }) {
  const asked = computed(query)
  return useQuery({
    queryKey: ['widget-aggregates', asked],
    queryFn: async ({ signal }) => {
      const { channels, range } = asked.value
      return unwrap(await api.GET('/readings/aggregate', { params: { query: { channel: channels, from: fromOf(range) } }, signal })).items
    },
    enabled: () => asked.value.channels.length > 0,
    refetchInterval: useMinutely(),
    staleTime: REFRESH_MS / 2,
    placeholderData: (before) => before,
  })
}

/** A range as the API takes it: it knows hours and days. */
export const fromOf = (range: WidgetRange): string => (range === '1y' ? '-365d' : `-${range}`)
