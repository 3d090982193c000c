import { known } from '@/app/i18n'
import type { Kind } from '@/api/types'
import { useZones } from '@/features/zones/queries'
import { useKinds } from './queries'

/** The words for what lists are narrowed and grouped by: zones, kinds, buses. */
export function useFacetWords(type: Kind['type']) {
  const { data: kinds } = useKinds(type)
  const { data: zones } = useZones()
  const kindOf = (id: string) => kinds.value?.find((kind) => kind.id === id)
  const kindName = (id: string) => kindOf(id)?.name ?? id
  const zoneName = (id: number | null) => zones.value?.find((zone) => zone.id === id)?.name
  function labelOf(facet: string, value: string): string {
    if (facet === 'zone') return zoneName(Number(value)) ?? value
    return facet === 'kind' ? kindName(value) : known('catalogue.bus', value)
  }
  const facetsOf = (of: { zone: number | null; kind: string }) => ({ zone: of.zone === null ? undefined : String(of.zone), kind: of.kind, bus: kindOf(of.kind)?.bus || undefined })
  /** "Tent · SHT31". */
  const placeOf = (of: { zone: number | null; kind: string }) => [zoneName(of.zone), kindName(of.kind)].filter(Boolean).join(' · ')
  return { kindName, zoneName, labelOf, facetsOf, placeOf }
}
