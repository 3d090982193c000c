import { computed } from 'vue'
import { displayOf, indexOf, type Display, type Measured } from '@/format/units'
import { useUnits } from './queries'

const NONE: ReturnType<typeof indexOf> = new Map()

/** How the values of a unit are shown to this reader; asked again when units or wishes change. */
export function useDisplay() {
  const { data } = useUnits()
  const units = computed(() => (data.value ? indexOf(data.value) : NONE))
  return (unit: string, known: Measured = {}): Display => displayOf(unit, known, units.value)
}
