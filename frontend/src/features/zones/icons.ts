/** Icons a zone may have; literal, so that they are bundled. */
export const zoneIcons = {
  box: 'i-lucide-box',
  sprout: 'i-lucide-sprout',
  leaf: 'i-lucide-leaf',
  turtle: 'i-lucide-turtle',
  fish: 'i-lucide-fish',
  beer: 'i-lucide-beer',
  egg: 'i-lucide-egg',
  house: 'i-lucide-house',
  sun: 'i-lucide-sun',
  flask: 'i-lucide-flask-conical',
} as const
export type ZoneIcon = keyof typeof zoneIcons
export const zoneIcon = (name?: string): string => zoneIcons[(name ?? 'box') as ZoneIcon] ?? zoneIcons.box
