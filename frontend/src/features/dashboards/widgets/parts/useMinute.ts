import { computed, type ComputedRef } from 'vue'
import { useNow } from '@/format/now'

const STEP_MS = 15_000

/** Now, in steps of a quarter of a minute: for what moves slowly and need not be drawn each second. */
export function useMinute(): ComputedRef<number> {
  const now = useNow()
  return computed(() => Math.ceil(now.value / STEP_MS) * STEP_MS)
}
