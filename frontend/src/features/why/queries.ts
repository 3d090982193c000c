import { keepPreviousData, useQuery } from '@tanstack/vue-query'
import { computed, toValue, type MaybeRefOrGetter } from 'vue'
import { api, unwrap } from '@/api/client'
import { writeQuestion, type Question } from './question'

/** The answer from the journal. `stamp` changes when the output has moved: then what holds now is asked anew. */
export const useWhy = (question: MaybeRefOrGetter<Question>, stamp: MaybeRefOrGetter<string> = '') =>
  useQuery({
    queryKey: ['why', computed(() => writeQuestion(toValue(question))), computed(() => toValue(stamp))],
    queryFn: async ({ signal }) => {
      const { output, channel, at } = toValue(question)
      const query = { channel, ...(at === null ? {} : { at: String(Math.round(at)) }) }
      return unwrap(await api.GET('/outputs/{id}/why', { params: { path: { id: output }, query }, signal }))
    },
    placeholderData: keepPreviousData,
    retry: false,
  })
