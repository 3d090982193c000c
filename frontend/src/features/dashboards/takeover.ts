/** What an earlier version kept in the preferences: tiles of values in their order, and a graph under them. */
import { COLUMNS, newId, type Widget } from './model'
import { firstGap, type Placed } from './places'

const TILE = { w: 3, h: 2 }
const GRAPH = { w: 12, h: 5 }
const RANGES = ['1h', '6h', '24h', '7d', '30d', '1y']
const MOST = 100

const ids = (value: unknown): number[] =>
  Array.isArray(value) ? [...new Set(value.filter((id): id is number => typeof id === 'number' && Number.isInteger(id)))].slice(0, MOST) : []

/** Its widgets; null when nothing of it is there. */
export function takenOver(saved: unknown): Widget[] | null {
  if (typeof saved !== 'object' || saved === null) return null
  const { tiles, graph, range } = saved as Record<string, unknown>
  const lines = ids(graph)
  if (!ids(tiles).length && !lines.length) return null
  const placed: Placed[] = []
  const widgets: Widget[] = []
  const add = (kind: string, options: Record<string, unknown>, size: { w: number; h: number }) => {
    const [id, place] = [newId(), firstGap(placed, size, COLUMNS.desktop)]
    placed.push({ id, place })
    widgets.push({ id, kind, options, desktop: place })
  }
  for (const channel of ids(tiles)) add('value', { channel, trail: true, band: true }, TILE)
  if (lines.length) add('graph', { channels: lines, range: RANGES.find((name) => name === range) ?? '24h' }, GRAPH)
  return widgets
}
