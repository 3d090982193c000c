import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed, watch } from 'vue'
import { api, unwrap } from '@/api/client'
import type { Preferences } from '@/api/types'
import { reader, readerOf } from '@/format/reader'

/** Free settings of the signed-in person, kept by the server so that every device has them. Only what is changed is sent. */
export function usePreferences() {
  const cache = useQueryClient()
  const query = useQuery({
    queryKey: ['preferences'],
    queryFn: async ({ signal }): Promise<Preferences> => unwrap(await api.GET('/preferences', { signal })),
    staleTime: 5 * 60_000,
  })
  const save = useMutation({
    mutationFn: async (change: Preferences) => {
      cache.setQueryData<Preferences>(['preferences'], (held) => held && { ...held, ...change })
      return unwrap(await api.PATCH('/preferences', { body: change }))
    },
    onError: () => cache.invalidateQueries({ queryKey: ['preferences'] }),
  })
  return { query, preferences: computed(() => query.data.value ?? {}), save }
}

/** How the reader wants things shown is at once true here, and follows the person to every device. What the server knows wins when a page opens. */
export function useReaderEverywhere(): void {
  const { query, save } = usePreferences()
  let known: string | undefined
  watch(
    () => query.data.value,
    (all) => {
      if (!all) return
      const theirs = JSON.stringify(readerOf(all.reader))
      // Somebody who has chosen nothing yet keeps what this browser has, without telling the server.
      if (all.reader && theirs !== known && theirs !== JSON.stringify(reader.value)) reader.value = readerOf(all.reader)
      known = all.reader ? theirs : JSON.stringify(reader.value)
    },
    { immediate: true },
  )
  watch(reader, (mine) => {
    const text = JSON.stringify(mine)
    if (known === undefined || text === known) return
    known = text
    save.mutate({ reader: mine })
  })
}
