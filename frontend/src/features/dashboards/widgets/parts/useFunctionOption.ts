import { computed, type ComputedRef } from 'vue'
import type { HyphaFunction } from '@/api/types'
import { useLiveFunctions } from '@/features/functions/queries'

/** The function that a tile is about, asked for again every few seconds with all others: many tiles are one request. */
export function useFunctionOption(id: () => number | undefined): { status: ComputedRef<'unset' | 'gone' | 'loading' | 'ready'>; found: ComputedRef<HyphaFunction | undefined> } {
  const { data } = useLiveFunctions()
  const found = computed(() => data.value?.find((f) => f.id === id()))
  const status = computed(() => {
    if (id() === undefined) return 'unset'
    if (found.value) return 'ready'
    return data.value ? 'gone' : 'loading'
  })
  return { status, found }
}
