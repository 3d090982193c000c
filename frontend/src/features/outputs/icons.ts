import type { OutputChannel } from '@/api/types'

/** People name outputs after what hangs on them; where the name tells, the icon shows it. */
const byName: [RegExp, string][] = [
  [/heat|heiz|chauff/i, 'i-lucide-heater'],
  [/fan|exhaust|vent|lüft/i, 'i-lucide-fan'],
  [/lamp|light|led\b|licht/i, 'i-lucide-lightbulb'],
  [/mist|fog|spray/i, 'i-lucide-spray-can'],
  [/humidif|befeucht/i, 'i-lucide-droplets'],
  [/pump|drip|water|valve|irrigat|dos/i, 'i-lucide-droplet'],
  [/cool|chill|fridge|kühl/i, 'i-lucide-snowflake'],
]
const byType: Record<OutputChannel['type'], string> = {
  on_off: 'i-lucide-plug',
  pwm: 'i-lucide-sliders-horizontal',
  value: 'i-lucide-hash',
  volume: 'i-lucide-droplet',
}

export const outputIcon = (name: string, type: OutputChannel['type']): string => byName.find(([pattern]) => pattern.test(name))?.[1] ?? byType[type]
