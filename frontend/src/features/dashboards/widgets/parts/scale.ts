/** The scale of a gauge: from where to where, and which stretches have a meaning. */
import type { Limits } from './readingState'

export type Tone = 'ok' | 'warn' | 'bad' | 'cool' | 'plain'
export const TONES: readonly Tone[] = ['ok', 'warn', 'bad', 'cool', 'plain']
export const toneColours: Record<Tone, string> = {
  ok: 'var(--ui-primary)',
  warn: 'var(--hy-warn)',
  bad: 'var(--hy-bad)',
  cool: 'var(--hy-safe)',
  plain: 'var(--hy-off)',
}

export interface Stop {
  from: number
  tone: Tone
}

export interface Scale {
  min: number
  max: number
  /** 0 to 1, kept inside. */
  at: (value: number) => number
}

/** How much of the scale a band takes in the middle of it. */
const BAND_SHARE = 0.4
const NICE = [1, 2, 2.5, 5, 10]

/** The next round number that is not smaller. */
export function niceAbove(value: number): number {
  if (!(value > 0) || !Number.isFinite(value)) return 1
  const power = 10 ** Math.floor(Math.log10(value))
  return power * (NICE.find((step) => step * power >= value * (1 - 1e-9)) ?? 10)
}

/** Own ends first; else what the unit or the band says; else round numbers around what is measured. */
export function scaleOf(own: { min?: number; max?: number }, limits: Limits | null, unit: string, value: number | null): Scale {
  let { min, max } = own
  const { min: low, max: high } = limits ?? {}
  if (unit === 'percent') {
    min ??= 0
    max ??= 100
  } else if (low !== undefined && high !== undefined && high > low) {
    const margin = ((high - low) / BAND_SHARE - (high - low)) / 2
    min ??= low - margin
    max ??= high + margin
  }
  const reach = Math.max(Math.abs(value ?? 0), Math.abs(low ?? 0), Math.abs(high ?? 0)) * 1.25
  min ??= (value ?? 0) < 0 ? -niceAbove(reach) : 0
  max ??= min < 0 ? Math.max(0, niceAbove(reach)) : min + niceAbove(reach - min)
  if (!(max > min)) max = min + 1
  const [from, to] = [min, max]
  return { min: from, max: to, at: (x) => Math.min(1, Math.max(0, (x - from) / (to - from))) }
}

export interface Stretch {
  from: number
  to: number
  tone: Tone
}

/** Coloured stretches in shares of the scale: from one stop to the next, or the band alone. */
export function stretches(stops: Stop[], limits: Limits | null, scale: Scale): Stretch[] {
  if (stops.length) {
    const sorted = [...stops].sort((a, b) => a.from - b.from)
    return sorted
      .map(({ from, tone }, i) => ({ from: scale.at(from), to: i + 1 < sorted.length ? scale.at(sorted[i + 1]?.from ?? scale.max) : 1, tone }))
      .filter((stretch) => stretch.to > stretch.from)
  }
  if (!limits) return []
  return [{ from: limits.min === undefined ? 0 : scale.at(limits.min), to: limits.max === undefined ? 1 : scale.at(limits.max), tone: 'ok' }]
}

/** The tone at a value: that of the last stop at or below it. */
export function toneAt(stops: Stop[], value: number | null): Tone | null {
  if (value === null) return null
  let found: Stop | null = null
  for (const stop of stops) if (stop.from <= value && (!found || stop.from >= found.from)) found = stop
  return found?.tone ?? null
}

export function stopsOf(value: unknown): Stop[] {
  if (!Array.isArray(value)) return []
  return value.flatMap((item: unknown) => {
    const { from, tone } = (item ?? {}) as { from?: unknown; tone?: unknown }
    const known = TONES.find((one) => one === tone)
    return typeof from === 'number' && Number.isFinite(from) && known ? [{ from, tone: known }] : []
  })
}
