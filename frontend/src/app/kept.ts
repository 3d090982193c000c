/** Answers that the service worker kept from before the connection was lost, and their age. */
import { shallowRef } from 'vue'

const HEADER = 'X-Hypha-Kept'
const CACHE = 'hypha-data'

/** When the newest of the kept answers shown now was given, ms since the epoch; null: all are of now. */
export const keptAt = shallowRef<number | null>(null)

export function noteKept(response: Response): void {
  const at = Number(response.headers.get(HEADER))
  if (at > 0) keptAt.value = Math.max(keptAt.value ?? 0, at)
}

/** Who leaves takes along what this browser kept for them. */
export async function forgetKept(): Promise<void> {
  keptAt.value = null
  if ('caches' in window) await caches.delete(CACHE).catch(() => false)
}
