/** The view of a graph as a scene: title and legend, bands and lines, nights and targets, lanes, marks, axes. */
import { formatNumber } from '@/format/number'
import { formatClock, formatClockSeconds, formatDay } from '@/format/time'
import { displayZone, zoneOffset } from '@/format/zone'
import { wantedRange, type Range } from '../axis'
import type { Span, TargetBand } from '../backdrop'
import type { Piece } from '../lanes'
import { placesOf, type PlotLine } from '../plot'
import type { GraphSeries } from '../series'
import { indexAt, indexFrom } from '../tiles/tile'
import type { Box, Item, Scene } from './scene'
import { numberTicks, timeTicks } from './ticks'

export interface Picture {
  title: string
  time: string
  from: number
  to: number
  width: number
  legend: { text: string; value: string; colour: string }[]
  panes: { units: string[]; lines: PlotLine[]; bands: TargetBand[]; height: number }[]
  nights: Span[]
  lanes: { name: string; value: string; colour: string; pieces: Piece[] }[]
  marks: { t: number; text: string }[]
  axes: Readonly<Record<string, Range>>
  symbol: (unit: string) => string
  step: (unit: string) => number
  /** A CSS variable's value. */
  colour: (name: string) => string
  caption: string
}

const EDGE = 20
const LEFT = 64
const RIGHT = 64
const LANE = 26
const DAY = 86_400_000
const PALE = { curve: '', target: 'b3', before: 'a6', device: 'd9' } as const
const DASH = { curve: undefined, target: [3, 3], before: [7, 4], device: [1.5, 3] } as const

export function pictureOf(p: Picture): Scene {
  const items: Item[] = []
  const ink = p.colour('--ui-text-highlighted') || p.colour('--ui-text')
  const grey = p.colour('--ui-text-muted')
  const text = (x: number, y: number, words: string, more: Partial<Extract<Item, { kind: 'text' }>> = {}) =>
    items.push({ kind: 'text', x, y, text: words, size: 11, weight: 400, fill: grey, anchor: 'start', ...more })
  const plot = { x: EDGE + LEFT, w: p.width - EDGE * 2 - LEFT - RIGHT }
  const x = (t: number) => plot.x + ((t - p.from) / (p.to - p.from)) * plot.w

  text(EDGE, EDGE + 16, p.title, { size: 17, weight: 600, fill: ink })
  text(p.width - EDGE, EDGE + 16, p.time, { size: 12, anchor: 'end' })
  let y = EDGE + 40
  let column = EDGE
  for (const { text: name, value, colour } of p.legend) {
    const width = 26 + Math.max(name.length * 6.4, value.length * 9)
    if (column + width > p.width - EDGE) {
      column = EDGE
      y += 40
    }
    items.push({ kind: 'rect', x: column, y: y - 4, w: 14, h: 2, fill: p.colour(colour) })
    text(column + 20, y, name, { size: 12 })
    text(column + 20, y + 17, value, { size: 14, weight: 600, fill: ink })
    column += width + 16
  }
  y += 44
  const top = y
  for (const [i, pane] of p.panes.entries()) {
    const box: Box = { x: plot.x, y: y + 14, w: plot.w, h: pane.height }
    paneInto(items, p, pane, box, x, i === p.panes.length - 1)
    y = box.y + box.h + 14
  }
  const bottom = y - 14
  for (const mark of p.marks) items.push({ kind: 'lines', lines: [[[x(mark.t), top + 6], [x(mark.t), bottom]]], stroke: grey, width: 1, dash: [1, 3] })
  if (p.panes.length) y += 14
  for (const lane of p.lanes) {
    const base = y + LANE - 6
    text(EDGE, base - 4, lane.name, { fill: ink, size: 11 })
    text(plot.x + plot.w + 6, base - 4, lane.value, { weight: 600, fill: ink })
    items.push({ kind: 'rect', x: plot.x, y: base, w: plot.w, h: 1, fill: p.colour('--ui-border') })
    const given = lane.pieces.filter((piece) => piece.share > 0).map((piece): [number, number][] => {
      const [a, b, high] = [x(piece.from), Math.max(x(piece.from) + 1, x(piece.to)), Math.max(2, piece.share * (LANE - 8))]
      return [[a, base], [a, base - high], [b, base - high], [b, base]]
    })
    if (given.length) items.push({ kind: 'areas', areas: given, fill: `${p.colour(lane.colour)}cc`, clip: { x: plot.x, y, w: plot.w, h: LANE } })
    y += LANE
  }
  y += 18
  text(EDGE, y, p.caption)
  return { width: p.width, height: y + EDGE, ground: p.colour('--ui-bg'), items }
}

function paneInto(items: Item[], p: Picture, pane: Picture['panes'][number], box: Box, x: (t: number) => number, last: boolean): void {
  const grey = p.colour('--ui-text-muted')
  const grid = p.colour('--hy-grid')
  for (const night of p.nights) {
    const [a, b] = [Math.max(box.x, x(night.from)), Math.min(box.x + box.w, x(night.to))]
    if (b > a) items.push({ kind: 'rect', x: a, y: box.y, w: b - a, h: box.h, fill: p.colour('--hy-night') })
  }
  const times = timeTicks(p.from, p.to, Math.floor(box.w / 90))
  items.push({ kind: 'lines', lines: times.at.map((t) => [[x(t), box.y], [x(t), box.y + box.h]]), stroke: grid, width: 1 })
  if (last) for (const t of times.at) items.push({ kind: 'text', x: x(t), y: box.y + box.h + 18, text: timeText(t, times.step), size: 11, weight: 400, fill: grey, anchor: 'middle' })

  const scales = new Map<string, (value: number) => number>()
  for (const [i, unit] of pane.units.entries()) {
    const [low, high] = p.axes[unit] ?? rangeOf(pane.lines.filter((line) => line.series.unit === unit), p)
    const y = (value: number) => box.y + box.h - ((value - low) / (high - low)) * box.h
    scales.set(unit, y)
    const ticks = numberTicks(low, high, Math.floor(box.h / 38))
    const side = i === 0 ? { x: box.x - 8, anchor: 'end' as const } : { x: box.x + box.w + 8, anchor: 'start' as const }
    if (i === 0) items.push({ kind: 'lines', lines: ticks.at.map((v) => [[box.x, y(v)], [box.x + box.w, y(v)]]), stroke: grid, width: 1 })
    for (const v of ticks.at) items.push({ kind: 'text', ...side, y: y(v) + 4, text: formatNumber(v, placesOf(ticks.step)), size: 11, weight: 400, fill: grey })
    items.push({ kind: 'text', ...side, y: box.y - 4, text: p.symbol(unit), size: 11, weight: 400, fill: grey })
  }
  for (const band of pane.bands) {
    const y = scales.get(band.unit)
    if (!y) continue
    const [above, below] = [band.high === null ? box.y : Math.max(box.y, y(band.high)), band.low === null ? box.y + box.h : Math.min(box.y + box.h, y(band.low))]
    if (below > above) items.push({ kind: 'rect', x: box.x, y: above, w: box.w, h: below - above, fill: `${p.colour(band.colour)}14` })
  }
  for (const { series, colour: name, style } of pane.lines) {
    const y = scales.get(series.unit)
    if (!y) continue
    const colour = p.colour(name)
    const runs = runsOf(series, p.from, p.to)
    if (style === 'curve' && series.bucketMs !== null) {
      const areas = runs.map((run) => [...run.map((i): [number, number] => [x(series.t[i] ?? 0), y(series.max[i] ?? 0)]), ...[...run].reverse().map((i): [number, number] => [x(series.t[i] ?? 0), y(series.min[i] ?? 0)])])
      if (areas.length) items.push({ kind: 'areas', areas, fill: `${colour}33`, clip: box })
    }
    const lines = runs.filter((run) => run.length > 1).map((run) => run.map((i): [number, number] => [x(series.t[i] ?? 0), y(series.mean[i] ?? 0)]))
    const dash = DASH[style]
    if (lines.length) items.push({ kind: 'lines', lines, stroke: `${colour}${PALE[style]}`, width: style === 'curve' ? 1.5 : 1.1, dash: dash ? [...dash] : undefined, clip: box })
  }
}

/** Indices of points in the view and one beside it, a list for each piece without a gap. */
export function runsOf(s: GraphSeries, from: number, to: number): number[][] {
  const runs: number[][] = []
  let run: number[] = []
  for (let i = Math.max(0, indexAt(s.t, from)); i < Math.min(s.t.length, indexFrom(s.t, to) + 1); i++) {
    if (s.mean[i] === null || s.mean[i] === undefined) {
      if (run.length) runs.push(run)
      run = []
    } else run.push(i)
  }
  if (run.length) runs.push(run)
  return runs
}

function rangeOf(lines: PlotLine[], p: Picture): Range {
  let low = Infinity
  let high = -Infinity
  for (const { series, style } of lines) {
    for (const run of runsOf(series, p.from, p.to)) {
      for (const i of run) {
        low = Math.min(low, (style === 'curve' ? series.min[i] : series.mean[i]) ?? low)
        high = Math.max(high, (style === 'curve' ? series.max[i] : series.mean[i]) ?? high)
      }
    }
  }
  return high >= low ? wantedRange(low, high, p.step(lines[0]?.series.unit ?? '')) : [0, 1]
}

function timeText(t: number, step: number): string {
  if (step >= DAY) return formatDay(t, Date.now())
  if (step < 60_000) return formatClockSeconds(t)
  const midnight = (t + zoneOffset(t, displayZone())) % DAY === 0
  return midnight ? formatDay(t, Date.now()) : formatClock(t)
}
