import { keepPreviousData, useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { toValue, type MaybeRefOrGetter } from 'vue'
import { api, unwrap } from '@/api/client'
import type { RecipeRequest } from '@/api/types'

export const useRecipes = () =>
  useQuery({
    queryKey: ['recipes'],
    queryFn: async ({ signal }) => unwrap(await api.GET('/recipes', { signal })).items,
    staleTime: Infinity,
  })

/** What the recipe would make with what has been chosen so far; what has not is proposed. */
export const useRecipePlan = (id: MaybeRefOrGetter<string>, request: MaybeRefOrGetter<RecipeRequest>) =>
  useQuery({
    queryKey: ['recipes', 'plan', () => toValue(id), () => toValue(request)],
    queryFn: async ({ signal }) => unwrap(await api.POST('/recipes/{id}/plan', { params: { path: { id: toValue(id) } }, body: toValue(request), signal })),
    placeholderData: keepPreviousData,
    retry: false,
  })

const CHANGED = ['zones', 'inputs', 'outputs', 'functions', 'methods', 'alerts', 'dashboards', 'channels']

export function useApplyRecipe() {
  const cache = useQueryClient()
  const refresh = () => Promise.all(CHANGED.map((key) => cache.invalidateQueries({ queryKey: [key] })))
  const apply = useMutation({
    mutationFn: async ({ id, request }: { id: string; request: RecipeRequest }) => unwrap(await api.POST('/recipes/{id}/apply', { params: { path: { id } }, body: request })),
    onSuccess: refresh,
  })
  const undo = useMutation({
    mutationFn: async (zone: number) => unwrap(await api.POST('/recipes/applied/{zone}/undo', { params: { path: { zone } } })),
    onSettled: refresh,
  })
  return { apply, undo }
}
