import { useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { api, unwrap } from '@/api/client'

/** Which notes are looked for; times as the API takes them. */
export interface NoteQuery {
  q?: string
  tag?: string
  ref?: string
  from?: string
  limit: number
}

export const useNotes = (query: MaybeRefOrGetter<NoteQuery>) =>
  useQuery({
    queryKey: ['notes', 'list', computed(() => toValue(query))],
    queryFn: async ({ signal }) => unwrap(await api.GET('/notes', { params: { query: toValue(query) }, signal })),
    placeholderData: (before) => before,
  })

export const useNote = (id: MaybeRefOrGetter<number>) =>
  useQuery({
    queryKey: ['notes', 'one', computed(() => toValue(id))],
    queryFn: async ({ signal }) => unwrap(await api.GET('/notes/{id}', { params: { path: { id: toValue(id) } }, signal })),
  })

export const useNoteTags = () =>
  useQuery({ queryKey: ['notes', 'tags'], queryFn: async ({ signal }) => unwrap(await api.GET('/notes/tags', { signal })).items })
