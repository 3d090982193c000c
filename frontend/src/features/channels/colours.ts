import { computed } from 'vue'
import type { Channel } from '@/api/types'
import { useChannels } from './queries'

/** Eight colours safe for colour-blind eyes; the numbers are those of --hy-s1 .. --hy-s8. */
const SERIES = 8
const usual: Record<string, number> = {
  temperature: 1,
  humidity: 2,
  co2: 4,
  light: 6,
  pressure: 3,
  ion_concentration: 4,
  electrical_conductivity: 5,
  vapor_pressure_deficit: 8,
  moisture: 5,
  volume: 7,
}

/**
 * One colour per channel, the same in every graph and tile: the quantity's usual colour for its first channel, and steps
 * of three through the eight for the next, so that two thermometers in one graph differ. Channels of one input never share one while there are enough.
 */
export function assignColours(channels: Pick<Channel, 'id' | 'quantity' | 'owner'>[]): Map<number, number> {
  const seen = new Map<string, number>()
  const colours = new Map<number, number>()
  const ofOwner = new Map<string, Set<number>>()
  for (const { id, quantity, owner } of [...channels].sort((a, b) => a.id - b.id)) {
    const nth = seen.get(quantity) ?? 0
    seen.set(quantity, nth + 1)
    const first = usual[quantity] ?? ((seen.size + 1) % SERIES) + 1
    const taken = ofOwner.get(owner) ?? new Set<number>()
    ofOwner.set(owner, taken)
    let colour = ((first - 1 + nth * 3) % SERIES) + 1
    for (let tries = 0; taken.has(colour) && tries < SERIES; tries++) colour = (colour % SERIES) + 1
    taken.add(colour)
    colours.set(id, colour)
  }
  return colours
}

/** Name of the CSS variable with a channel's colour. */
export function useColours() {
  const { data } = useChannels()
  const colours = computed(() => assignColours(data.value ?? []))
  return {
    variable: (channel: number): string => `--hy-s${colours.value.get(channel) ?? 3}`,
    colour: (channel: number): string => `var(--hy-s${colours.value.get(channel) ?? 3})`,
  }
}
