/** What people put under a Hypha: the first zone with its icon, or none. */
import { zoneIcon, type ZoneIcon } from '@/features/zones/icons'

const icons = { tent: 'sprout', terrarium: 'turtle', aquarium: 'fish', fermenter: 'beer', incubator: 'egg' } as const satisfies Record<string, ZoneIcon>
export type Purpose = keyof typeof icons | 'watch'

export const PURPOSES: Purpose[] = ['tent', 'terrarium', 'aquarium', 'fermenter', 'incubator', 'watch']
export const zoneIconOf = (purpose: Purpose): ZoneIcon | null => (purpose === 'watch' ? null : icons[purpose])
export const purposeIcon = (purpose: Purpose): string => (purpose === 'watch' ? 'i-lucide-eye' : zoneIcon(icons[purpose]))

/** What watches the computer itself does not stand in the tent. */
const OF_THE_MACHINE = new Set(['host_system', 'hwmon', 'thermal_zone'])
export const standsInZone = (kind: string): boolean => !OF_THE_MACHINE.has(kind)
