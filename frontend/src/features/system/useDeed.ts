import { useToast } from '@nuxt/ui/composables'
import { shallowRef } from 'vue'
import { messageOf } from '@/api/problem'

/** Runs a small deed: busy meanwhile, a toast when it fails. True when it went well. */
export function useDeed(failTitle: () => string) {
  const toast = useToast()
  const busy = shallowRef(false)
  async function run(deed: () => Promise<unknown>): Promise<boolean> {
    busy.value = true
    try {
      await deed()
      return true
    } catch (error) {
      toast.add({ title: failTitle(), description: messageOf(error), color: 'error', icon: 'i-lucide-circle-x' })
      return false
    } finally {
      busy.value = false
    }
  }
  return { busy, run }
}
