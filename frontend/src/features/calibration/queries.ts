import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { api, unwrap } from '@/api/client'
import { allOf } from '@/api/pages'
import type { components } from '@/api/schema'

export type CalibrationRecord = components['schemas']['CalibrationRecord']
export type CalibrationDraft = components['schemas']['CalibrationDraft']
export type CalibrationPoint = components['schemas']['CalibrationPoint']
export type CalibrationResult = components['schemas']['CalibrationResult']

const path = (id: number) => ({ params: { path: { id } } })

export const useCalibrations = (id: MaybeRefOrGetter<number>) =>
  useQuery({
    queryKey: ['channels', computed(() => toValue(id)), 'calibrations'],
    queryFn: ({ signal }) => allOf(async (query) => unwrap(await api.GET('/channels/{id}/calibrations', { params: { path: { id: toValue(id) }, query }, signal }))),
  })

export const judge = async (id: number, draft: CalibrationDraft): Promise<CalibrationResult> => unwrap(await api.POST('/channels/{id}/calibrations/judge', { ...path(id), body: draft }))

export function useCalibrate(id: () => number) {
  const cache = useQueryClient()
  const onSuccess = () => cache.invalidateQueries({ queryKey: ['channels'] })
  const save = useMutation({ mutationFn: async (draft: CalibrationDraft) => unwrap(await api.POST('/channels/{id}/calibrations', { ...path(id()), body: draft })), onSuccess })
  const undo = useMutation({ mutationFn: async () => unwrap(await api.POST('/channels/{id}/calibrations/undo', path(id()))), onSuccess })
  return { save, undo }
}
