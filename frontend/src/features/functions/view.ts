/** What a function does now, read from the state that its kind shows. A state of another shape shows less, never something wrong. */
import type { HyphaFunction, State } from '@/api/types'

type Loose = Record<string, unknown>
const isLoose = (value: unknown): value is Loose => typeof value === 'object' && value !== null && !Array.isArray(value)
const num = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? value : null)
const text = (value: unknown): string => (typeof value === 'string' ? value : '')

export const stateOf = (f: Pick<HyphaFunction, 'state'>): Loose => (isLoose(f.state) ? f.state : {})

export interface Gains {
  kp: number
  ki: number
  kd: number
  ti_s: number
  td_s: number
}

export const PID_MODES = ['automatic', 'manual', 'held', 'paused', 'frozen', 'tuning', 'waiting'] as const
export type PidMode = (typeof PID_MODES)[number]

export interface PidView {
  mode: PidMode
  setpoint: number | null
  measurement: number | null
  error: number | null
  p: number | null
  i: number | null
  d: number | null
  output: number | null
  saturated: boolean
  reason: string
  drivenBy: string
  ledBy: string
  /** undefined: its kind offers no tuning. */
  tuning: unknown
  gains: Gains
  /** Between these the output stays, in its own unit. */
  low: number
  high: number
  /** "%", "ml" or "": the unit of the output. */
  unit: string
  /** Where a pulse train makes the output: its window, s. */
  window: number | null
  /** The unit of the output may be that of an inner set-point. */
  outputs: 'duty' | 'time_proportional' | 'value' | 'volume' | 'setpoint'
  /** A method leads the set-point. */
  method: boolean
}

const DEFAULT_WINDOW_S = 60

/** Ti and Td of the ideal form; 0 where there is no such term. */
export const idealOf = (kp: number, ki: number, kd: number) => ({ ti_s: ki > 0 ? kp / ki : 0, td_s: kp > 0 ? kd / kp : 0 })
/** Ki and Kd of the parallel form; Ti 0 is no integral. */
export const parallelOf = (kp: number, ti: number, td: number) => ({ ki: ti > 0 ? kp / ti : 0, kd: kp * td })

export function pidOf(f: HyphaFunction): PidView | null {
  if (f.kind !== 'pid') return null
  const s = stateOf(f)
  const o = f.options as Loose
  const outputs = (text(o.mode) || 'duty') as PidView['outputs']
  const high = num(o.out_max) ?? 100
  const kp = num(o.kp) ?? 0
  const ki = num(o.ki) ?? 0
  const kd = num(o.kd) ?? 0
  const told = isLoose(s.gains) ? s.gains : {}
  const mode = PID_MODES.find((one) => one === s.mode) ?? 'waiting'
  const method = (num(o.method) ?? 0) > 0
  const ledBy = text(s.led_by)
  /** A fixed set-point is what was asked for, at once; one that moves by itself is where the loop says it is. */
  const fixed = !method && !ledBy && !num(o.ramp_per_min) && mode !== 'tuning'
  return {
    mode,
    setpoint: fixed ? num(o.setpoint) : (num(s.setpoint) ?? num(o.setpoint)),
    measurement: num(s.measurement),
    error: num(s.error),
    p: num(s.p),
    i: num(s.i),
    d: num(s.d),
    output: num(s.output),
    saturated: s.saturated === true,
    reason: text(s.reason),
    drivenBy: text(s.driven_by),
    ledBy,
    tuning: s.tuning ?? undefined,
    gains: { kp: num(told.kp) ?? kp, ki: num(told.ki) ?? ki, kd: num(told.kd) ?? kd, ...idealOf(num(told.kp) ?? kp, num(told.ki) ?? ki, num(told.kd) ?? kd) },
    low: num(o.out_min) ?? (o.direction === 'both' ? -high : 0),
    high,
    unit: outputs === 'duty' || outputs === 'time_proportional' ? '%' : outputs === 'volume' ? 'ml' : '',
    window: outputs === 'time_proportional' ? (num(o.window_s) ?? DEFAULT_WINDOW_S) : null,
    outputs,
    method,
  }
}

/** What it is about: a measurement led to a set-point, channels of its own, or the last thing it did. */
export type Doing =
  | { is: 'regulating'; channel: number; setpoint: number | null; mode: string; output: string }
  | { is: 'result'; channels: number[] }
  | { is: 'waiting'; next: string; fired: number }
  | { is: 'word'; text: string }

export function doingOf(f: HyphaFunction): Doing {
  const o = f.options as Loose
  const s = stateOf(f)
  const channel = num(o.channel)
  const pid = pidOf(f)
  const setpoint = pid ? pid.setpoint : (num(s.setpoint) ?? num(o.setpoint))
  if (channel !== null && (setpoint !== null || (num(o.method) ?? 0) > 0)) {
    if (pid) return { is: 'regulating', channel, setpoint, mode: pid.mode, output: pid.output === null ? '' : `${Math.round(pid.output)} ${pid.unit}`.trim() }
    return { is: 'regulating', channel, setpoint, mode: text(s.state), output: text(s.raises) || text(s.lowers) }
  }
  if (f.channels.length) return { is: 'result', channels: f.channels.map((c) => c.id) }
  if (num(s.fired) !== null) return { is: 'waiting', next: text(s.next_at), fired: num(s.fired) ?? 0 }
  const acts = Array.isArray(s.actions) ? s.actions.map((action: unknown) => (isLoose(action) ? text(action.text) : '')).filter(Boolean) : []
  if (acts.length) return { is: 'word', text: acts.join('; ') }
  return { is: 'word', text: text(s.reason) || text(s.state) || text(s.mode) }
}

/** Orders that a kind takes by hand. A trigger is fired, a script is run. */
export const orderOf = (kind: string): 'fire' | 'run' | null => (kind.startsWith('trigger') ? 'fire' : kind === 'conditional' ? 'run' : null)

const urgency: Partial<Record<State, number>> = { failed: 3, backing_off: 2, degraded: 1 }
export const needs = (f: HyphaFunction, state: State): boolean => f.enabled && (urgency[state] ?? 0) > 0
export const urgencyOf = (state: State): number => urgency[state] ?? 0
