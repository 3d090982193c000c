import { computed } from 'vue'
import type { HyphaFunction } from '@/api/types'
import { live } from '@/live'
import { needs } from './view'

/** How a function is at this moment: the feed's word, or what was fetched. */
export function useFace(f: () => HyphaFunction) {
  const status = computed(() => live.status(`function/${f().id}`).value ?? f().status)
  const face = computed(() => (f().enabled ? status.value.state : 'inactive'))
  const trouble = computed(() => needs(f(), status.value.state))
  return { status, face, trouble }
}
