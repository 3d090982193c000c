/** A dashboard as it lies in the preferences: tiles in their order, and the graph under them. */
import type { RangeName } from '@/features/graph/window'
import { RANGES } from '@/features/graph/window'

export interface Dashboard {
  tiles: number[]
  graph: number[]
  range: RangeName
}

const MOST_TILES = 48
const MOST_LINES = 8

const ids = (value: unknown, most: number): number[] =>
  Array.isArray(value) ? value.filter((id): id is number => typeof id === 'number' && Number.isInteger(id)).slice(0, most) : []

/** Reads what was saved, whoever wrote it; null when nothing usable is there. */
export function readDashboard(saved: unknown): Dashboard | null {
  if (typeof saved !== 'object' || saved === null) return null
  const { tiles, graph, range } = saved as Record<string, unknown>
  const layout = { tiles: ids(tiles, MOST_TILES), graph: ids(graph, MOST_LINES), range: RANGES.find((name) => name === range) ?? '24h' }
  return layout.tiles.length || layout.graph.length ? layout : null
}

/** What a new person sees: the first values and the first input's curves. */
export function firstDashboard(channels: { id: number; owner: string; quantity: string }[]): Dashboard {
  const first = channels[0]?.owner
  return { tiles: channels.slice(0, 8).map((c) => c.id), graph: channels.filter((c) => c.owner === first).slice(0, 3).map((c) => c.id), range: '24h' }
}

/** Moves an element by one place, staying inside. */
export function moved<T>(list: T[], at: number, by: number): T[] {
  const to = at + by
  if (to < 0 || to >= list.length) return list
  const copy = [...list]
  copy.splice(to, 0, ...copy.splice(at, 1))
  return copy
}
