import { computed } from 'vue'
import { i18n } from '@/app/i18n'
import { useQuantities, useUnits } from './queries'

const spaced = (id: string) => id.replaceAll('_', ' ')
const capital = (text: string) => text.slice(0, 1).toUpperCase() + text.slice(1)

/** Names of quantities and symbols of units, as the server's catalogue has them. */
export function useCatalogueWords() {
  const units = useUnits()
  const quantities = useQuantities()
  const symbols = computed(() => new Map((units.data.value ?? []).map((u) => [u.id, u])))
  const names = computed(() => new Map((quantities.data.value ?? []).map((q) => [q.id, q])))

  /** "°C" for "C". Without a catalogue entry the id itself is the best we have. */
  const symbol = (unit: string): string => symbols.value.get(unit)?.symbol ?? spaced(unit)
  const unitName = (unit: string): string => symbols.value.get(unit)?.name ?? spaced(unit)
  const quantity = (id: string): string => capital(names.value.get(id)?.name ?? spaced(id))
  const decimals = (unit: string, fallback = 1): number => symbols.value.get(unit)?.decimals ?? fallback

  /**
   * What a channel is called: one named after its quantity, or not at all ("value"), has the catalogue's writing, "CO₂" rather than "Co2",
   * or the short name that fits a tile.
   */
  const label = ({ name, quantity: id }: { name: string; quantity: string }): string =>
    isGeneric(name, id) ? (i18n.global.te(`quantity.${id}`) ? i18n.global.t(`quantity.${id}`) : quantity(id)) : channelName(name)

  return { label, symbol, unitName, quantity, decimals, units: units.data, quantities: quantities.data, language: i18n.global.locale }
}

/** Names that say no more than the quantity does. */
export const isGeneric = (name: string, quantity: string): boolean => ['', 'value', quantity.toLowerCase()].includes(name.trim().toLowerCase())

/** "Temperature" rather than "temperature" or "cpu_temp": a channel's name as a heading. */
export const channelName = (name: string): string => capital(spaced(name))
