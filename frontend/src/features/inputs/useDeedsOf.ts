import type { Ref } from 'vue'
import type { Input } from '@/api/types'
import { useInputDeeds } from './deeds'

/** The deeds of one input, ready to be bound to buttons. */
export function useDeedsOf(input: Ref<Input>) {
  const deeds = useInputDeeds()
  return { retry: () => deeds.retry(input.value) }
}
