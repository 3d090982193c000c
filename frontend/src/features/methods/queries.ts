import { useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { api, unwrap } from '@/api/client'
import { allOf } from '@/api/pages'
import type { HyphaFunction } from '@/api/types'
import { useFunctions } from '@/features/functions/queries'
import type { Method } from './definition'

export const useMethods = () =>
  useQuery({
    queryKey: ['methods'],
    queryFn: ({ signal }) => allOf(async (query) => unwrap(await api.GET('/methods', { params: { query }, signal }))),
  })

export const useMethod = (id: MaybeRefOrGetter<number>) =>
  useQuery({
    queryKey: ['methods', computed(() => toValue(id))],
    queryFn: async ({ signal }) => unwrap(await api.GET('/methods/{id}', { params: { path: { id: toValue(id) } }, signal })),
    enabled: computed(() => toValue(id) > 0),
  })

export const useMethodSchema = () =>
  useQuery({ queryKey: ['method-schema'], queryFn: async ({ signal }) => unwrap(await api.GET('/methods/schema', { signal })), staleTime: Infinity })

/** A day of a stored method, for its small picture. */
export const useMethodDay = (of: MaybeRefOrGetter<Method>) =>
  useQuery({
    queryKey: ['methods', computed(() => toValue(of).id), 'day', computed(() => toValue(of).updated_at)],
    queryFn: async ({ signal }) => {
      const from = String(new Date().setHours(0, 0, 0, 0))
      return unwrap(await api.GET('/methods/{id}/preview', { params: { path: { id: toValue(of).id }, query: { from, points: 97 } }, signal }))
    },
    staleTime: 600_000,
  })

export const linksOf = (m: Method): number[] => {
  const list: unknown = (m.definition as { methods?: unknown } | undefined)?.methods
  return Array.isArray(list) ? list.flatMap((l: unknown) => (typeof l === 'object' && l !== null && 'method' in l && typeof l.method === 'number' ? [l.method] : [])) : []
}

export interface Follower {
  to: string
  name: string
  f?: HyphaFunction
}

/** Who follows a method: functions that take their set-point from it, and methods made of it. */
export function useFollowers() {
  const { data: functions } = useFunctions()
  const { data: methods } = useMethods()
  return (id: number): Follower[] => [
    ...(functions.value ?? []).filter((f) => f.options.method === id).map((f) => ({ to: `/functions/${f.id}`, name: f.name, f })),
    ...(methods.value ?? []).filter((m) => linksOf(m).includes(id)).map((m) => ({ to: `/methods/${m.id}`, name: m.name })),
  ]
}
