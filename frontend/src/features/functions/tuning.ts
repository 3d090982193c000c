/** What a PID tells of an experiment to find its gains, and what it proposes. */
export interface Offer {
  rule: string
  kp: number
  ti: number
  td: number
  overshoot: number
  settling: number | null
  curve: { t: number; setpoint: number; y: number }[]
  recommended: boolean
  accepted: boolean
  objections: string[]
}

export interface Tuning {
  state: 'none' | 'running' | 'thinking' | 'proposed' | 'failed' | 'aborted'
  phase: string
  method: string
  began: string
  limit: number
  setpoint: number | null
  low: number | null
  high: number | null
  output: number | null
  problem: string
  canRestore: boolean
  /** Of the model, in the unit of the measurement and seconds. */
  model: { gain: number; delay: number; tau: number | null; fit: number } | null
  offers: Offer[]
}

type Loose = Record<string, unknown>
const isLoose = (value: unknown): value is Loose => typeof value === 'object' && value !== null && !Array.isArray(value)
const loose = (value: unknown): Loose => (isLoose(value) ? value : {})
const num = (value: unknown): number | null => (typeof value === 'number' && Number.isFinite(value) ? value : null)
const text = (value: unknown): string => (typeof value === 'string' ? value : '')
const list = (value: unknown): unknown[] => (Array.isArray(value) ? value : [])
/** "Kp" and "kp" are one name. */
const either = (of: Loose, name: string): number => num(of[name]) ?? num(of[name.slice(0, 1).toUpperCase() + name.slice(1)]) ?? 0

function offerOf(raw: unknown): Offer {
  const o = loose(raw)
  const parallel = loose(o.parallel)
  const predicted = loose(o.predicted)
  const kp = either(parallel, 'kp')
  const ki = either(parallel, 'ki')
  const settling = num(predicted.settling_s)
  return {
    rule: text(o.rule),
    kp,
    ti: ki > 0 ? kp / ki : 0,
    td: kp > 0 ? either(parallel, 'kd') / kp : 0,
    overshoot: num(predicted.overshoot_percent) ?? 0,
    settling: settling !== null && settling >= 0 ? settling : null,
    curve: list(predicted.curve).flatMap((point) => {
      const { t_s, setpoint, y } = loose(point)
      return num(t_s) !== null && num(y) !== null ? [{ t: num(t_s) ?? 0, setpoint: num(setpoint) ?? 0, y: num(y) ?? 0 }] : []
    }),
    recommended: o.recommended === true,
    accepted: o.accepted !== false,
    objections: list(o.objections).map(text).filter(Boolean),
  }
}

const STATES = ['none', 'running', 'thinking', 'proposed', 'failed', 'aborted'] as const

export function tuningOf(raw: unknown): Tuning | null {
  if (!isLoose(raw)) return null
  const found = loose(raw.found)
  const model = loose(found.model)
  const state = STATES.find((one) => one === raw.state) ?? 'none'
  return {
    state,
    phase: text(raw.phase),
    method: text(raw.method),
    began: text(raw.began),
    limit: num(raw.time_limit_s) ?? 0,
    setpoint: num(raw.setpoint),
    low: num(raw.low),
    high: num(raw.high),
    output: num(raw.output),
    problem: text(raw.problem),
    canRestore: raw.can_restore === true,
    model:
      num(model.gain) === null
        ? null
        : { gain: num(model.gain) ?? 0, delay: num(model.dead_time_s) ?? 0, tau: model.integrating === true ? null : (num(model.tau1_s) ?? 0), fit: num(found.fit_percent) ?? 0 },
    // Proposed first, then the gentlest; what has objections last.
    offers: list(raw.offers)
      .map(offerOf)
      .sort((a, b) => Number(b.recommended) - Number(a.recommended) || Number(b.accepted) - Number(a.accepted) || a.overshoot - b.overshoot),
  }
}

/** The curve of a prediction as the points of an SVG line, set-point and measurement on one scale. */
export function curvePoints(offer: Offer, width: number, height: number): { y: string; setpoint: string } {
  const last = offer.curve.at(-1)
  if (!last || last.t <= 0) return { y: '', setpoint: '' }
  const values = offer.curve.flatMap((point) => [point.y, point.setpoint])
  const low = Math.min(...values)
  const span = Math.max(...values) - low || 1
  const line = (of: 'y' | 'setpoint') =>
    offer.curve.map((point) => `${((width * point.t) / last.t).toFixed(1)},${(height - 1 - ((height - 2) * (point[of] - low)) / span).toFixed(1)}`).join(' ')
  return { y: line('y'), setpoint: line('setpoint') }
}
