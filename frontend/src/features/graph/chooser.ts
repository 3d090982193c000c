/** Which channels a chooser of hundreds shows: what was searched, of one quantity, under the thing they belong to. */
import type { Channel } from '@/api/types'

export interface Choosable {
  channel: Channel
  name: string
  zone: string
}
export type ChooserRow = { kind: 'owner'; key: string; text: string; zone: string } | { kind: 'channel'; key: string; item: Choosable }

/** Every word must occur somewhere: "tent temp" finds the temperature of the tent. */
export function matches({ channel, name, zone }: Choosable, search: string): boolean {
  const text = `${name} ${channel.name} ${channel.quantity} ${channel.owner_name} ${zone} ${channel.unit}`.toLowerCase()
  return search.toLowerCase().split(/\s+/).every((word) => text.includes(word))
}

export function rowsOf(items: Choosable[], search: string, quantity: string): ChooserRow[] {
  const found = items.filter((item) => (!quantity || item.channel.quantity === quantity) && matches(item, search.trim()))
  const owners = new Map<string, Choosable[]>()
  for (const item of found) owners.set(item.channel.owner, [...(owners.get(item.channel.owner) ?? []), item])
  const groups = [...owners.values()].sort((a, b) => order(a[0]).localeCompare(order(b[0])))
  return groups.flatMap((group): ChooserRow[] => {
    const [first] = group
    if (!first) return []
    return [
      { kind: 'owner', key: first.channel.owner, text: first.channel.owner_name, zone: first.zone },
      ...group.map((item): ChooserRow => ({ kind: 'channel', key: String(item.channel.id), item })),
    ]
  })
}
/** By zone, those without one last. */
const order = (item: Choosable | undefined) => `${item?.zone || '\uffff'} ${item?.channel.owner_name ?? ''}`

/** Quantities by how many channels have them, the most first. */
export function quantitiesOf(items: Choosable[]): string[] {
  const count = new Map<string, number>()
  for (const { channel } of items) count.set(channel.quantity, (count.get(channel.quantity) ?? 0) + 1)
  return [...count].sort((a, b) => b[1] - a[1]).map(([quantity]) => quantity)
}
