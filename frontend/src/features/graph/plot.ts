/** uPlot dressed for Hypha: band and mean, steady axes, 24 hour times. */
import uPlot from 'uplot'
import { formatNumber } from '@/format/number'
import { formatClock, formatClockSeconds, formatDay } from '@/format/time'
import { steadyRange, type GraphSeries } from './series'

export interface PlotLook {
  units: string[]
  /** The smallest step that a value of this unit is shown in. */
  step: (unit: string) => number
  colour: (channel: number) => string
  axisWidth: number
  rightAxis: boolean
  showTimes: boolean
  syncKey: string
}

const css = (name: string) => getComputedStyle(document.documentElement).getPropertyValue(name).trim()
const DAY = 86_400_000

/** Data of all series on one time axis. Absent is undefined (the line goes on), null is a gap. */
export function plotData(series: GraphSeries[]): uPlot.AlignedData {
  if (!series.length) return [[]]
  const tables = series.map((s): uPlot.AlignedData => [s.t, s.max, s.min, s.mean])
  return uPlot.join(tables, tables.map(() => [1, 1, 1, 1]))
}

/** What decides whether a plot must be built anew. */
export const plotShape = (series: GraphSeries[]): string => series.map((s) => `${s.channel}:${s.unit}`).join()

const times = (splits: number[], incr: number): string[] =>
  splits.map((at, i) => {
    if (incr >= DAY) return formatDay(at, Date.now())
    if (incr < 60_000) return formatClockSeconds(at)
    const text = formatClock(at)
    return text === '00:00' && i > 0 ? formatDay(at, Date.now()) : text
  })

export interface PlotHooks {
  cursor: (time: number | null) => void
  select: (from: number, to: number) => void
  reset: () => void
}

export function plotOptions(series: GraphSeries[], look: PlotLook, size: { width: number; height: number }, hooks: PlotHooks): uPlot.Options {
  const text = css('--ui-text-muted')
  const grid = css('--hy-grid')
  const font = '11px "Inter Variable", sans-serif'
  const lines: uPlot.Series[] = [{}]
  const bands: uPlot.Band[] = []
  const hidden = new Set<number>()
  for (const one of series) {
    const colour = css(look.colour(one.channel))
    const edge = { scale: one.unit, stroke: 'transparent', width: 0, points: { show: false } }
    const first = lines.length
    lines.push(edge, { ...edge }, { scale: one.unit, stroke: colour, width: 1.5, points: { show: (u, i) => lonely(u, i), size: 4, fill: colour } })
    hidden.add(first).add(first + 1)
    bands.push({ series: [first, first + 1], fill: `${colour}33` })
  }
  const ranges = new Map<string, [number, number]>()
  const scales: uPlot.Scales = { x: { time: true, auto: false } }
  for (const unit of look.units) {
    scales[unit] = {
      range: (_u, min, max) => {
        if (min === null || max === null || !Number.isFinite(min)) return ranges.get(unit) ?? [0, 1]
        const range = steadyRange(ranges.get(unit) ?? null, min, max, look.step(unit))
        ranges.set(unit, range)
        return range
      },
    }
  }
  const yAxis = (unit: string | undefined, side: 1 | 3): uPlot.Axis => ({
    show: true,
    scale: unit ?? look.units[0] ?? 'y',
    side,
    stroke: unit ? text : 'transparent',
    font,
    size: look.axisWidth,
    gap: 6,
    ticks: { show: false },
    grid: { show: side === 3, stroke: grid, width: 1 },
    space: size.height < 160 ? 26 : 38,
    // The unit stands above the axis; a number that would touch it is left out.
    values: (u, splits, _axis, _space, incr) => splits.map((v) => (u.valToPos(v, unit ?? 'y') < 6 ? '' : formatNumber(v, placesOf(incr)))),
  })
  return {
    ...size,
    ms: 1,
    padding: [20, look.rightAxis ? 0 : 14, look.showTimes ? 0 : 8, 0],
    legend: { show: false },
    series: lines,
    bands,
    scales,
    axes: [
      {
        stroke: text, font, size: look.showTimes ? 28 : 0, gap: 6, grid: { stroke: grid, width: 1 }, ticks: { show: false }, space: 76,
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
        size: (_u, i) => (hidden.has(i) ? 0 : 8),
        width: (_u, i) => (hidden.has(i) ? 0 : 2),
        stroke: () => css('--ui-bg'),
        fill: (u, i) => (typeof u.series[i]?.stroke === 'function' ? (u.series[i].stroke as () => string)() : text),
      },
      bind: {
        dblclick: () => () => {
          hooks.reset()
          return null
        },
      },
    },
    hooks: {
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

/** As many decimals as the distance between two ticks has. */
const placesOf = (incr: number): number => Math.min(6, (String(Number(incr.toPrecision(6))).split('.')[1] ?? '').length)

/** A reading between two gaps has no line: it needs a dot to be seen. */
function lonely(u: uPlot, i: number): boolean {
  const data: ArrayLike<number | null | undefined> = u.data[i] ?? []
  let values = 0
  for (let at = 0; at < data.length && values < 3; at++) if (data[at] !== null && data[at] !== undefined) values += 1
  return values < 3
}
