/** A view of the graph as it stands in the address, so that a link opens exactly this. */
import type { Range } from './axis'
import type { Span } from './backdrop'
import { readOffset, writeOffset } from './compare'
import { PARTS, type Part } from './view'

export interface Look {
  hidden: number[]
  without: Part[]
  /** ms; 0 for no comparison. */
  earlier: number
  axes: Record<string, Range>
  device: boolean
  statistics: boolean
  selection: Span | null
}

type Query = Record<string, string | undefined>

const ids = (text: string | undefined) => (text ?? '').split(',').map(Number).filter((id) => Number.isInteger(id) && id > 0)

function readAxes(text: string | undefined): Record<string, Range> {
  const axes: Record<string, Range> = {}
  for (const part of (text ?? '').split(',')) {
    const [unit, low, high] = part.split(':')
    if (unit && low && high && Number.isFinite(Number(low)) && Number(high) > Number(low)) axes[unit] = [Number(low), Number(high)]
  }
  return axes
}

function readSpan(text: string | undefined): Span | null {
  const [from, to] = (text ?? '').split('-').map(Number)
  return from !== undefined && to !== undefined && Number.isFinite(from) && to > from && from > 0 ? { from, to } : null
}

export const readLook = (query: Query): Look => ({
  hidden: ids(query.hide),
  without: PARTS.filter((part) => (query.off ?? '').split(',').includes(part)),
  earlier: readOffset(query.cmp),
  axes: readAxes(query.axes),
  device: query.device === '1',
  statistics: query.stats === '1',
  selection: readSpan(query.sel),
})

/** What is as usual leaves no trace. */
export const writeLook = (look: Look): Query => ({
  hide: look.hidden.length ? look.hidden.join(',') : undefined,
  off: look.without.length ? look.without.join(',') : undefined,
  cmp: writeOffset(look.earlier),
  axes: Object.keys(look.axes).length ? Object.entries(look.axes).map(([unit, [low, high]]) => `${unit}:${low}:${high}`).join(',') : undefined,
  device: look.device ? '1' : undefined,
  stats: look.statistics ? '1' : undefined,
  sel: look.selection ? `${Math.round(look.selection.from)}-${Math.round(look.selection.to)}` : undefined,
})
