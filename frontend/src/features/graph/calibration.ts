/** What the device gave, worked back from what is kept with the calibration of today. */
import type { Channel } from '@/api/types'
import type { Display } from '@/format/units'
import type { GraphSeries } from './series'

interface Settings {
  kind?: string
  scale?: number
  offset?: number
  points?: { raw: number; actual: number }[]
}

export interface Line {
  scale: number
  offset: number
}

/** The straight line that a calibration is, actual = scale · raw + offset; null where it is none, or cannot be turned round. */
export function lineOf(calibration: Channel['calibration']): Line | null {
  const { kind, scale = 1, offset = 0, points } = (calibration ?? {}) as Settings
  if (kind === 'offset_scale') return scale === 0 ? null : { scale, offset }
  const [a, b] = points ?? []
  if (kind !== 'two_point' || !a || !b || a.raw === b.raw || a.actual === b.actual) return null
  const slope = (b.actual - a.actual) / (b.raw - a.raw)
  return { scale: slope, offset: a.actual - slope * a.raw }
}

/** Can a channel's device value be told? Not through filters, which forget what they smooth, nor a curve. */
export const tellsDevice = (channel: Channel | undefined): boolean => !!channel && channel.filters.length === 0 && lineOf(channel.calibration) !== null

/** The series before it was refined, from when on the calibration is what it is today; null where that cannot be told. */
export function rawOf(s: GraphSeries, channel: Channel | undefined, show: Display, since = -Infinity): GraphSeries | null {
  const line = channel && tellsDevice(channel) ? lineOf(channel.calibration) : null
  // The calibration is written in the device's unit: only where the channel keeps that one.
  if (!line || show.pending || channel?.unit !== channel?.source_unit) return null
  const back = (value: number | null, i: number) => (value === null || (s.t[i] ?? 0) < since ? null : show.convert((show.back(value) - line.offset) / line.scale))
  return { ...s, mean: s.mean.map(back), min: s.min.map(back), max: s.max.map(back) }
}
