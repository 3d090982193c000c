import { computed, type Ref } from 'vue'
import { useColours } from '@/features/channels/colours'
import { useDisplay } from '@/features/channels/display'
import { useChannelMap } from '@/features/channels/queries'
import { useNow } from '@/format/now'
import { shown as shownValue } from '@/format/units'
import type { TargetBand } from './backdrop'
import { rawOf } from './calibration'
import { useCalibratedSince } from './useCalibratedSince'
import type { PlotLine } from './plot'
import { seenBetween, toPanes, type GraphSeries } from './series'
import { useSeries } from './useSeries'
import { useTargets } from './useTargets'
import { edges, type TimeWindow } from './window'

export interface GraphPane {
  units: string[]
  lines: PlotLine[]
  bands: TargetBand[]
}

export interface GraphWants {
  channels: Ref<number[]>
  hidden: Ref<number[]>
  window: Ref<TimeWindow>
  width: Ref<number>
  /** Draw set-points and target bands. */
  targets: Ref<boolean>
  /** Draw what the device gave before it was calibrated. */
  device: Ref<boolean>
  /** How much earlier, in ms, the curves are that these are compared with; 0 for none. */
  earlier: Ref<number>
}

const NONE: number[] = []

/** Everything that a graph draws of its channels, in panes of at most two units. */
export function useGraphData({ channels, hidden, window, width, targets, device, earlier }: GraphWants) {
  const known = useChannelMap()
  const now = useNow()
  const { variable } = useColours()
  const { bands, setpoints } = useTargets(channels)
  const main = useSeries(channels, window, width)
  const goals = useSeries(computed(() => (targets.value ? [...setpoints.value.values()] : NONE)), window, width)
  const before = useSeries(computed(() => (earlier.value ? channels.value : NONE)), window, width, earlier)

  const display = useDisplay()
  const showOf = (id: number, unit: string) => display(known.value.get(id)?.unit ?? unit, known.value.get(id))
  const calibrated = useCalibratedSince(channels, device)

  const ordered = computed(() => channels.value.flatMap((id) => main.series.value.find((s) => s.channel === id) ?? []))
  const drawn = computed(() => ordered.value.filter((s) => !hidden.value.includes(s.channel)))

  const linesOf = (s: GraphSeries): PlotLine[] => {
    const colour = variable(s.channel)
    const lines: PlotLine[] = []
    const past = before.series.value.find((one) => one.channel === s.channel)
    if (earlier.value && past?.unit === s.unit) lines.push({ key: `before ${s.channel}`, style: 'before', colour, series: past })
    const goal = goals.series.value.find((one) => one.channel === setpoints.value.get(s.channel))
    if (targets.value && goal?.unit === s.unit) lines.push({ key: `target ${s.channel}`, style: 'target', colour, series: goal })
    const raw = device.value ? rawOf(s, known.value.get(s.channel), showOf(s.channel, s.unit), calibrated.value.get(s.channel)) : null
    if (raw) lines.push({ key: `device ${s.channel}`, style: 'device', colour, series: raw })
    lines.push({ key: `curve ${s.channel}`, style: 'curve', colour, series: s })
    return lines
  }
  const bandsOf = (s: GraphSeries, units: string[]): TargetBand[] => {
    const band = targets.value ? bands.value.get(s.channel) : undefined
    if (!band) return []
    const show = showOf(s.channel, s.unit)
    return [{ unit: s.unit, colour: variable(s.channel), low: shownValue(show, band.low), high: shownValue(show, band.high), right: units.indexOf(s.unit) === 1 }]
  }
  const panes = computed<GraphPane[]>(() =>
    toPanes(drawn.value.map((s) => ({ id: s.channel, unit: s.unit }))).map(({ units, channels: ids }) => {
      const mine = drawn.value.filter((s) => ids.includes(s.channel))
      return { units, lines: mine.flatMap(linesOf), bands: mine.flatMap((s) => bandsOf(s, units)) }
    }),
  )
  const measured = computed(() => {
    const { from, to } = edges(window.value, now.value)
    return [...ordered.value, ...before.series.value].some((s) => seenBetween(s, from, to))
  })
  return { ordered, before: before.series, panes, measured, bands, error: main.error, loading: main.loading, asked: main.asked, reload: main.reload }
}
