import { useToast } from '@nuxt/ui/composables'
import { useI18n } from 'vue-i18n'
import { api, unwrap } from '@/api/client'
import { messageOf } from '@/api/problem'
import type { Note } from '@/api/types'

const UNDO_MS = 10_000

/** Deletes a note at once and offers for ten seconds to bring it back. */
export function useNoteDeeds(reload: () => void) {
  const { t } = useI18n()
  const toast = useToast()
  const failed = (title: string, error: unknown) => toast.add({ title, description: messageOf(error), color: 'error', icon: 'i-lucide-circle-x' })

  async function restore(note: Note): Promise<void> {
    try {
      unwrap(await api.POST('/notes/{id}/restore', { params: { path: { id: note.id } } }))
      toast.add({ title: t('undo.restored', { name: note.note }), color: 'success', icon: 'i-lucide-check', duration: 3000 })
    } catch (error) {
      failed(t('undo.restore_failed', { name: note.note }), error)
    }
    reload()
  }
  async function remove(note: Note): Promise<void> {
    try {
      unwrap(await api.DELETE('/notes/{id}', { params: { path: { id: note.id } } }))
    } catch (error) {
      failed(t('undo.failed', { name: note.note }), error)
      return
    }
    reload()
    toast.add({
      title: t('undo.deleted', { name: note.note }),
      icon: 'i-lucide-trash-2',
      color: 'neutral',
      duration: UNDO_MS,
      actions: [{ label: t('common.undo'), color: 'primary', variant: 'solid', onClick: () => void restore(note) }],
    })
  }
  return { remove }
}
