import { useMutation, useQuery, useQueryClient } from '@tanstack/vue-query'
import { api, unwrap } from '@/api/client'
import { messageOf } from '@/api/problem'
import type { Stop } from '@/api/types'
import { useToast } from '@nuxt/ui/composables'
import { useI18n } from 'vue-i18n'

/** The latched stop: whether it is on, and the two deeds. */
export function useStop() {
  const { t } = useI18n()
  const cache = useQueryClient()
  const toast = useToast()
  const query = useQuery({
    queryKey: ['stop'],
    queryFn: async ({ signal }) => unwrap(await api.GET('/stop', { signal })),
    refetchInterval: 60_000,
  })
  const settle = (state: Stop) => {
    cache.setQueryData(['stop'], state)
    void cache.invalidateQueries({ queryKey: ['outputs'] })
  }
  const failed = (title: string) => (error: Error) =>
    toast.add({ title, description: messageOf(error), color: 'error', icon: 'i-lucide-circle-x' })

  const stop = useMutation({
    mutationFn: async () => unwrap(await api.POST('/stop', { body: {} })),
    onSuccess: settle,
    onError: failed(t('stop.failed')),
  })
  const release = useMutation({
    mutationFn: async () => unwrap(await api.DELETE('/stop')),
    onSuccess: settle,
    onError: failed(t('stop.release_failed')),
  })
  return { state: query.data, stop, release }
}
