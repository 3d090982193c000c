import { watchEffect } from 'vue'
import type { useCounts } from './useCounts'

/** An installed Hypha wears the number of alerts that call. */
export function useBadge(counts: ReturnType<typeof useCounts>): void {
  if (!('setAppBadge' in navigator)) return
  watchEffect(() => {
    const { calls } = counts.value
    void (calls ? navigator.setAppBadge(calls) : navigator.clearAppBadge()).catch(() => undefined)
  })
}
