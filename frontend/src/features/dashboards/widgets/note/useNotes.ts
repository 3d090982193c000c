import { useToast } from '@nuxt/ui/composables'
import { useQuery, useQueryClient } from '@tanstack/vue-query'
import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { api, unwrap } from '@/api/client'
import { messageOf } from '@/api/problem'

const REFRESH_MS = 60_000

/** The newest notes, those of a tag alone where one is given; and one more, written here. */
export function useNotes(asked: () => { tag: string; count: number }) {
  const { t } = useI18n()
  const toast = useToast()
  const cache = useQueryClient()
  const query = computed(() => ({ limit: asked().count, ...(asked().tag ? { tag: asked().tag } : {}) }))
  const notes = useQuery({
    queryKey: ['notes', query],
    queryFn: async ({ signal }) => unwrap(await api.GET('/notes', { params: { query: query.value }, signal })).items,
    refetchInterval: REFRESH_MS,
    placeholderData: (before) => before,
  })
  async function add(text: string): Promise<boolean> {
    const { tag } = asked()
    try {
      unwrap(await api.POST('/notes', { body: { note: text, ...(tag ? { tags: [tag] } : {}) } }))
      await cache.invalidateQueries({ queryKey: ['notes'] })
      return true
    } catch (error) {
      toast.add({ title: t('widgets.note_refused'), description: messageOf(error), color: 'error', icon: 'i-lucide-circle-x' })
      return false
    }
  }
  return { ...notes, add }
}
