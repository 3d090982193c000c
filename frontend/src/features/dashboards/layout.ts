/** A dashboard as it lies in the preferences: tiles in their order, and the graph under them. */
import type { Channel, Zone } from '@/api/types'
import type { RangeName } from '@/features/graph/window'
import { RANGES } from '@/features/graph/window'

export interface Dashboard {
  tiles: number[]
  graph: number[]
  range: RangeName
}

const MOST_TILES = 48
const MOST_LINES = 8
const FIRST_TILES = 12
const FIRST_LINES = 3

const ids = (value: unknown, most: number): number[] =>
  Array.isArray(value) ? [...new Set(value.filter((id): id is number => typeof id === 'number' && Number.isInteger(id)))].slice(0, most) : []

/** Reads what was saved, whoever wrote it; null when nothing usable is there. An empty dashboard is a choice too. */
export function readDashboard(saved: unknown): Dashboard | null {
  if (typeof saved !== 'object' || saved === null) return null
  const { tiles, graph, range } = saved as Record<string, unknown>
  if (!Array.isArray(tiles) && !Array.isArray(graph)) return null
  return { tiles: ids(tiles, MOST_TILES), graph: ids(graph, MOST_LINES), range: RANGES.find((name) => name === range) ?? '24h' }
}

/** What a new person sees: the values of the zones, those with a target first, then the rest; and the curves of the first of them. */
export function firstDashboard(channels: Pick<Channel, 'id' | 'owner' | 'zone'>[], zones: Pick<Zone, 'id' | 'targets'>[]): Dashboard {
  const known = new Set(channels.map((channel) => channel.id))
  const zoned = zones.flatMap((zone) => [
    ...zone.targets.map((target) => target.channel),
    ...channels.filter((channel) => channel.zone === zone.id).map((channel) => channel.id),
  ])
  const tiles = [...new Set([...zoned, ...known])].filter((id) => known.has(id)).slice(0, FIRST_TILES)
  const first = channels.find((channel) => channel.id === tiles[0])
  const graph = tiles.filter((id) => channels.find((channel) => channel.id === id)?.owner === first?.owner).slice(0, FIRST_LINES)
  return { tiles, graph, range: '24h' }
}

export const sameDashboard = (a: Dashboard, b: Dashboard): boolean => JSON.stringify(a) === JSON.stringify(b)

/** Moves an element by one place, staying inside. */
export function moved<T>(list: T[], at: number, by: number): T[] {
  const to = at + by
  if (at < 0 || to < 0 || to >= list.length) return list
  const copy = [...list]
  copy.splice(to, 0, ...copy.splice(at, 1))
  return copy
}
