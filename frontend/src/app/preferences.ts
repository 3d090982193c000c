import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed } from 'vue'
import { api, unwrap } from '@/api/client'
import type { Preferences } from '@/api/types'

/** Free settings of the signed-in person, kept by the server so that every device has them. */
export function usePreferences() {
  const cache = useQueryClient()
  const query = useQuery({
    queryKey: ['preferences'],
    queryFn: async ({ signal }): Promise<Preferences> => unwrap(await api.GET('/preferences', { signal })),
    staleTime: 5 * 60_000,
  })
  const save = useMutation({
    mutationFn: async (change: Preferences) => {
      const merged = { ...(query.data.value ?? {}), ...change }
      cache.setQueryData(['preferences'], merged)
      return unwrap(await api.PUT('/preferences', { body: merged }))
    },
    onError: () => cache.invalidateQueries({ queryKey: ['preferences'] }),
  })
  return { query, preferences: computed(() => query.data.value ?? {}), save }
}
