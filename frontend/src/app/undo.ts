import { useToast } from '@nuxt/ui/composables'
import { useQueryClient } from '@tanstack/vue-query'
import { useI18n } from 'vue-i18n'
import { messageOf } from '@/api/problem'

const UNDO_MS = 10_000

interface Named {
  id: number
  name: string
}

/** Deletes at once and offers for ten seconds to bring it back; the list forgets it before the server has answered. */
export function useUndoDelete<T extends Named>(options: {
  key: 'inputs' | 'outputs' | 'functions' | 'zones' | 'alerts'
  remove: (id: number) => Promise<unknown>
  restore: (id: number) => Promise<unknown>
}) {
  const { t } = useI18n()
  const toast = useToast()
  const cache = useQueryClient()
  const refresh = () => Promise.all([options.key, 'channels', 'zones'].map((key) => cache.invalidateQueries({ queryKey: [key] })))

  async function bringBack(thing: T): Promise<void> {
    try {
      await options.restore(thing.id)
      toast.add({ title: t('undo.restored', { name: thing.name }), color: 'success', icon: 'i-lucide-check', duration: 3000 })
    } catch (error) {
      toast.add({ title: t('undo.restore_failed', { name: thing.name }), description: messageOf(error), color: 'error', icon: 'i-lucide-circle-x' })
    }
    await refresh()
  }

  async function remove(thing: T): Promise<boolean> {
    const before = cache.getQueryData<T[]>([options.key])
    cache.setQueryData<T[]>([options.key], (all) => all?.filter((other) => other.id !== thing.id))
    try {
      await options.remove(thing.id)
    } catch (error) {
      cache.setQueryData([options.key], before)
      toast.add({ title: t('undo.failed', { name: thing.name }), description: messageOf(error), color: 'error', icon: 'i-lucide-circle-x' })
      return false
    }
    toast.add({
      title: t('undo.deleted', { name: thing.name }),
      icon: 'i-lucide-trash-2',
      color: 'neutral',
      duration: UNDO_MS,
      actions: [{ label: t('common.undo'), color: 'primary', variant: 'solid', onClick: () => void bringBack(thing) }],
    })
    void refresh()
    return true
  }

  return { remove }
}
