/** The time axis of a method's picture, in seconds from its origin. */
import type { Definition } from './definition'

export interface Axis {
  kind: 'day' | 'elapsed' | 'calendar'
  from: number
  to: number
  /** Where 0 lies, ms since the epoch. */
  origin: number
  /** What a drag snaps to, s. */
  step: number
}

export const DAY_S = 86_400
const MINUTE_S = 60
const HOUR_S = 3600

/** "06:30" or "06:30:15" as seconds of the day; null when it is none. */
export function secondsOf(clock: unknown): number | null {
  const m = typeof clock === 'string' ? /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(clock.trim()) : null
  if (!m) return null
  const s = Number(m[1]) * HOUR_S + Number(m[2]) * MINUTE_S + Number(m[3] ?? 0)
  return s < DAY_S && Number(m[2]) < 60 && Number(m[3] ?? 0) < 60 ? s : null
}

const two = (n: number) => String(n).padStart(2, '0')
/** Seconds of the day as "06:30", with seconds where there are some. */
export function clockOf(seconds: number): string {
  const s = Math.round(Math.min(DAY_S - 1, Math.max(0, seconds)))
  const text = `${two(Math.floor(s / HOUR_S))}:${two(Math.floor((s % HOUR_S) / MINUTE_S))}`
  return s % MINUTE_S ? `${text}:${two(s % MINUTE_S)}` : text
}

/** "2026-03-01" or "2026-03-01 06:30" of the local calendar, or RFC 3339, as seconds since the epoch; null when it is none. */
export function dateSeconds(text: unknown): number | null {
  if (typeof text !== 'string') return null
  const m = /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2}))?)?$/.exec(text.trim())
  const part = (i: number) => Number(m?.[i] ?? 0)
  const ms = m ? new Date(part(1), part(2) - 1, part(3), part(4), part(5), part(6)).getTime() : /T.*(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : NaN
  return Number.isFinite(ms) ? ms / 1000 : null
}

export function dateOf(seconds: number): string {
  const d = new Date(seconds * 1000)
  const day = `${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}`
  return d.getHours() || d.getMinutes() ? `${day} ${two(d.getHours())}:${two(d.getMinutes())}` : day
}

const midnight = (now: number) => new Date(now).setHours(0, 0, 0, 0)

function calendar(seconds: number[]): Axis {
  const first = Math.min(...seconds)
  const last = Math.max(...seconds)
  const pad = Math.max(DAY_S / 2, (last - first) * 0.04)
  return { kind: 'calendar', from: first - pad, to: last + pad, origin: 0, step: last - first > 4 * DAY_S ? DAY_S : HOUR_S }
}

/** A round step of about a three-hundredth of the whole. */
function stepOf(total: number): number {
  const steps = [1, 5, 10, 30, 60, 300, 600, 900, 1800, 3600, 7200, 21_600, 86_400]
  return steps.find((s) => total / s <= 400) ?? 604_800
}

function elapsed(total: number, now: number): Axis {
  const whole = total > 0 ? total : HOUR_S
  return { kind: 'elapsed', from: 0, to: whole * 1.06, origin: Math.round(now / 1000) * 1000, step: stepOf(whole) }
}

const finite = (values: (number | null)[]): number[] => values.filter((v): v is number => v !== null && Number.isFinite(v))
const firstColumn = (csv: string | undefined): string[] =>
  (csv ?? '')
    .split('\n')
    .map((line) => (line.split(/[,;\t]/)[0] ?? '').trim())
    .filter((cell) => /^\d/.test(cell))

export function axisOf(def: Definition, now: number): Axis {
  const day: Axis = { kind: 'day', from: 0, to: DAY_S, origin: midnight(now), step: 300 }
  const clock = def.kind === 'csv' ? (def.clock ?? 'daily') : def.kind
  if (clock === 'duration') {
    const total = def.kind === 'csv' ? Math.max(0, ...finite(firstColumn(def.csv).map(Number))) : finite((def.steps ?? []).map((leg) => Number(leg.duration_s))).reduce((a, b) => a + b, 0)
    return elapsed(total, now)
  }
  if (clock === 'date') {
    const seconds = finite((def.kind === 'csv' ? firstColumn(def.csv) : (def.points ?? []).map((p) => p.at)).map(dateSeconds))
    return seconds.length ? calendar(seconds) : { ...calendar([now / 1000]), step: HOUR_S }
  }
  return day
}

/** Where marks stand under the axis: round moments, at most `most` of them. */
export function ticksOf(axis: Axis, most: number): number[] {
  const steps = [10, 30, 60, 300, 600, 1800, 3600, 7200, 10_800, 21_600, 43_200, DAY_S, 2 * DAY_S, 7 * DAY_S, 14 * DAY_S, 30 * DAY_S, 91 * DAY_S, 365 * DAY_S]
  const span = axis.to - axis.from
  const step = steps.find((s) => span / s <= most) ?? span
  // The days of the calendar begin at local midnight.
  const shift = axis.kind === 'calendar' && step >= HOUR_S ? midnight(axis.from * 1000) / 1000 : 0
  const out: number[] = []
  for (let s = shift + Math.ceil((axis.from - shift) / step) * step; s <= axis.to; s += step) out.push(s)
  return out
}
