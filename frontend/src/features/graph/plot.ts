/** uPlot dressed for Hypha: band and mean, steady axes, 24 hour times, what lies behind the curves. */
import uPlot from 'uplot'
import { formatNumber } from '@/format/number'
import { formatClock, formatClockSeconds, formatDay } from '@/format/time'
import { displayZone } from '@/format/zone'
import { nextRange, type Range } from './axis'
import { paintBackdrop, type Backdrop } from './backdrop'
import type { GraphSeries } from './series'

/** curve: mean with its area; target: a set-point; before: the same curve of an earlier time; device: before it was refined. */
export type LineStyle = 'curve' | 'target' | 'before' | 'device'
/** How a curve is drawn: a line, a line over its ground, or a bar for each value. */
export type Draw = 'line' | 'area' | 'bars'

export interface PlotLine {
  key: string
  style: LineStyle
  /** Name of the CSS variable. */
  colour: string
  series: GraphSeries
}

export interface PlotLook {
  units: string[]
  /** The smallest step that a value of this unit is shown in. */
  step: (unit: string) => number
  axisWidth: number
  /** 0 where nothing stands on the right. */
  rightWidth: number
  rightAxis: boolean
  showTimes: boolean
  syncKey: string
  /** Axes that the person has fixed. */
  fixed: Readonly<Record<string, Range>>
  /** Kept from one plot to the next, so that an axis stays where it is. */
  ranges: Map<string, Range>
  draw?: Draw
  /** 1 goes at once, where motion is not wanted. */
  glide?: number
}

export interface PlotHooks {
  cursor: (time: number | null) => void
  select: (from: number, to: number) => void
  reset: () => void
  /** The axes have not arrived yet: draw again in the next frame. */
  again: () => void
  /** Takes a press of the pointer for itself. */
  grab: (event: MouseEvent) => boolean
  backdrop: () => Backdrop
}

export const cssColour = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()
const DAY = 86_400_000
const EXPAND = 2
/** Air on the right of a plot without an axis there. */
export const BARE_RIGHT = 14
const FONT = '11px "Inter Variable", sans-serif'
const DASH: Record<LineStyle, number[] | undefined> = { curve: undefined, target: [3, 3], before: [7, 4], device: [1.5, 3] }
const WIDTH: Record<LineStyle, number> = { curve: 1.5, target: 1, before: 1.25, device: 1.5 }
const PALE: Record<LineStyle, string> = { curve: '', target: 'b3', before: 'a6', device: 'd9' }

const columns = ({ style, series: s }: PlotLine): uPlot.AlignedData => (style === 'curve' ? [s.t, s.max, s.min, s.mean] : [s.t, s.mean])

/** Data of all lines on one time axis. Absent is undefined (the line goes on), null is a gap. */
export function plotData(lines: PlotLine[]): uPlot.AlignedData {
  if (!lines.length) return [[]]
  const tables = lines.map(columns)
  // A gap reaches to the next value of its own, however many times of others lie in it.
  return uPlot.join(tables, tables.map((table) => table.map(() => EXPAND)))
}

/** The clock of the zone that times are shown in, for where an axis has its ticks. */
const zoned = (at: number): Date => {
  const zone = displayZone()
  return zone ? uPlot.tzDate(new Date(at), zone) : new Date(at)
}

/** What decides whether a plot must be built anew. */
export const plotShape = (lines: PlotLine[]): string => lines.map((line) => `${line.key}:${line.series.unit}:${line.colour}`).join()

const times = (splits: number[], incr: number): string[] =>
  splits.map((at, i) => {
    if (incr >= DAY) return formatDay(at, Date.now())
    if (incr < 60_000) return formatClockSeconds(at)
    const clock = zoned(at)
    return clock.getHours() + clock.getMinutes() === 0 && i > 0 ? formatDay(at, Date.now()) : formatClock(at)
  })

/** As many decimals as the distance between two ticks has. */
export const placesOf = (incr: number): number => Math.min(6, (String(Number(incr.toPrecision(6))).split('.')[1] ?? '').length)

/** Readings between two gaps have no line: they need a dot to be seen. */
function lonely(u: uPlot, seriesIdx: number): number[] {
  const data: ArrayLike<number | null | undefined> = u.data[seriesIdx] ?? []
  const found: number[] = []
  let alone = -1
  let run = 0
  for (let i = 0; i < data.length; i++) {
    if (data[i] === undefined) continue
    if (data[i] === null) {
      if (run === 1) found.push(alone)
      run = 0
    } else if (++run === 1) alone = i
  }
  if (run === 1) found.push(alone)
  return found
}

const BAR_SHARE = 0.8
const BAR_MOST = 60
const floor: uPlot.Series.FillTo = (u, i) => u.scales[u.series[i]?.scale ?? '']?.min ?? 0
/** Bars and grounds stand on the axis. */
function shapeOf(draw: Draw | undefined, colour: string): Partial<uPlot.Series> {
  if (draw === 'area') return { fill: `${colour}2e`, fillTo: floor }
  if (draw === 'bars') return { fill: `${colour}b3`, fillTo: floor, width: 0, paths: uPlot.paths.bars?.({ size: [BAR_SHARE, BAR_MOST], align: 1 }) }
  return {}
}

function seriesOf(lines: PlotLine[], draw?: Draw): { series: uPlot.Series[]; bands: uPlot.Band[]; mute: Set<number> } {
  const series: uPlot.Series[] = [{}]
  const bands: uPlot.Band[] = []
  const mute = new Set<number>()
  for (const { style, colour: name, series: data } of lines) {
    const colour = cssColour(name)
    if (style === 'curve') {
      // A bar stands for all of its time: least and greatest would only cloud it.
      const edge = { scale: data.unit, stroke: 'transparent', width: 0, points: { show: false } }
      const first = series.length
      series.push(edge, { ...edge })
      mute.add(first).add(first + 1)
      if (draw !== 'bars') bands.push({ series: [first, first + 1], fill: `${colour}33` })
    }
    if (style === 'target') mute.add(series.length)
    series.push({
      scale: data.unit,
      stroke: `${colour}${PALE[style]}`,
      width: WIDTH[style],
      dash: DASH[style],
      points: style === 'curve' && draw !== 'bars' ? { show: true, filter: lonely, size: 4, fill: colour } : { show: false },
      ...(style === 'curve' ? shapeOf(draw, colour) : {}),
    })
  }
  return { series, bands, mute }
}

function scalesOf(look: PlotLook, hooks: PlotHooks): uPlot.Scales {
  const scales: uPlot.Scales = { x: { time: true, auto: false } }
  for (const unit of look.units) {
    scales[unit] = {
      range: (_u, min, max) => {
        const set = look.fixed[unit]
        if (set) return set
        const before = look.ranges.get(unit) ?? null
        if (min === null || max === null || !Number.isFinite(min) || !Number.isFinite(max)) return before ?? [0, 1]
        const { range, moving } = nextRange(before, min, max, look.step(unit), look.glide)
        look.ranges.set(unit, range)
        if (moving) hooks.again()
        return range
      },
    }
  }
  return scales
}

export function plotOptions(lines: PlotLine[], look: PlotLook, size: { width: number; height: number }, hooks: PlotHooks): uPlot.Options {
  const text = cssColour('--ui-text-muted')
  const grid = cssColour('--hy-grid')
  const ground = cssColour('--ui-bg')
  const { series, bands, mute } = seriesOf(lines, look.draw)
  /** An axis that has never seen a value has no numbers. */
  const known = (unit = '') => unit in look.fixed || look.ranges.has(unit)
  const yAxis = (unit: string | undefined, side: 1 | 3): uPlot.Axis => ({
    show: true,
    scale: unit ?? look.units[0] ?? 'y',
    side,
    stroke: unit ? text : 'transparent',
    font: FONT,
    size: side === 3 ? look.axisWidth : look.rightWidth,
    gap: 6,
    ticks: { show: false },
    grid: { show: side === 3, stroke: grid, width: 1 },
    space: size.height < 160 ? 26 : 38,
    // The unit stands above the axis; a number that would touch it is left out.
    values: (u, splits, _axis, _space, incr) => splits.map((v) => (!known(unit) || u.valToPos(v, unit ?? 'y') < 6 ? '' : formatNumber(v, placesOf(incr)))),
  })
  return {
    ...size,
    ms: 1,
    tzDate: zoned,
    padding: [20, look.rightAxis ? 0 : look.rightWidth || BARE_RIGHT, look.showTimes ? 0 : 8, 0],
    legend: { show: false },
    series,
    bands,
    scales: scalesOf(look, hooks),
    axes: [
      {
        stroke: text, font: FONT, size: look.showTimes ? 28 : 0, gap: 6, grid: { stroke: grid, width: 1 }, ticks: { show: false }, space: 76,
        values: (_u, splits, _a, _s, incr) => (look.showTimes ? times(splits, incr) : splits.map(() => '')),
      },
      yAxis(look.units[0], 3),
      ...(look.rightAxis ? [yAxis(look.units[1], 1)] : []),
    ],
    cursor: {
      y: false,
      sync: { key: look.syncKey, setSeries: false },
      drag: { x: true, y: false, setScale: false, dist: 6 },
      points: {
        size: (_u, i) => (mute.has(i) ? 0 : 8),
        width: (_u, i) => (mute.has(i) ? 0 : 2),
        stroke: () => ground,
        fill: (u, i) => (typeof u.series[i]?.stroke === 'function' ? (u.series[i].stroke as () => string)() : text),
      },
      bind: {
        mousedown: (_u, _target, handler) => (event) => (hooks.grab(event) ? null : handler(event)),
        dblclick: () => () => {
          hooks.reset()
          return null
        },
      },
    },
    hooks: {
      drawClear: [(u) => paintBackdrop(u, hooks.backdrop())],
      setCursor: [
        (u) => {
          const left = u.cursor.left ?? -1
          hooks.cursor(left < 0 ? null : u.posToVal(left, 'x'))
        },
      ],
      setSelect: [
        (u) => {
          if (u.select.width < 6) return
          hooks.select(u.posToVal(u.select.left, 'x'), u.posToVal(u.select.left + u.select.width, 'x'))
          u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
        },
      ],
    },
  }
}
