/** What a new widget shows first: what people look at most, never an inner term of a loop or the machine's own load. */
import type { Channel } from '@/api/types'
import type { World } from '../kind'

const wanted = ['temperature', 'humidity', 'co2', 'ion_concentration', 'electrical_conductivity', 'dissolved_oxygen', 'moisture', 'vapor_pressure_deficit', 'light', 'pressure', 'volume', 'speed']
const rank = (channel: Channel, targets: Set<number>): number => {
  const at = wanted.indexOf(channel.quantity)
  return (targets.has(channel.id) ? 0 : 100) + (channel.owner.startsWith('input/') ? 0 : 50) + (at < 0 ? 30 : at)
}

/** Channels in the order in which they matter: with a target first, then by quantity. */
export function ranked({ channels, zones }: Pick<World, 'channels' | 'zones'>): Channel[] {
  const targets = new Set(zones.flatMap((zone) => zone.targets.map((target) => target.channel)))
  return [...channels].sort((a, b) => rank(a, targets) - rank(b, targets) || a.id - b.id)
}

export const firstChannel = (world: Pick<World, 'channels' | 'zones'>): number | undefined => ranked(world)[0]?.id

export const firstOf = (world: Pick<World, 'channels' | 'zones'>, quantities: string[]): Channel | undefined =>
  ranked(world).find((channel) => quantities.includes(channel.quantity))

export const firstTarget = ({ outputs }: Pick<World, 'outputs'>): { output: number; channel: number } | undefined => {
  const channel = outputs[0]?.channels[0]
  return outputs[0] && channel ? { output: outputs[0].id, channel: channel.index } : undefined
}

/** Leaves out what is not there: an option is set or it is absent. */
export const compact = <T extends object>(options: T): T =>
  Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as T
