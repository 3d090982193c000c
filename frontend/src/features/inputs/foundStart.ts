/** Carries what was found from the catalogue to the form; a reload forgets it and the form starts empty. */
import type { Discovery } from '@/api/types'

let found: Discovery | null = null

export const stashFound = (discovery: Discovery): void => {
  found = discovery
}

export function takeFound(kind: string): Discovery | null {
  const taken = found?.kind === kind ? found : null
  found = null
  return taken
}
