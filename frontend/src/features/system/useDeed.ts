import { useToast } from '@nuxt/ui/composables'
import { shallowRef } from 'vue'
import { ApiError, messageOf } from '@/api/problem'
import { sentence } from '@/format/sentence'

/** Runs a small deed: busy meanwhile. What the server refuses stands at its field when the form has it, else in a toast. True when it went well. */
export function useDeed(failTitle: () => string, fields: string[] = []) {
  const toast = useToast()
  const busy = shallowRef(false)
  const wrong = shallowRef<Record<string, string>>({})
  async function run(deed: () => Promise<unknown>): Promise<boolean> {
    busy.value = true
    wrong.value = {}
    try {
      await deed()
      return true
    } catch (error) {
      const refused = error instanceof ApiError ? error.fields.filter(({ field }) => fields.includes(field)) : []
      if (refused.length) wrong.value = Object.fromEntries(refused.map(({ field, message }) => [field, message]))
      else toast.add({ title: failTitle(), description: messageOf(error), color: 'error', icon: 'i-lucide-circle-x' })
      return false
    } finally {
      busy.value = false
    }
  }
  /** The sentence for a field of the form; false where nothing is wrong. */
  const wrongAt = (field: string): string | false => sentence(wrong.value[field]) || false
  return { busy, wrongAt, run }
}
