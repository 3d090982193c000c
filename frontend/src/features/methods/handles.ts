/** The points of a method that can be taken hold of: where they are, and what the definition becomes when one is moved. */
import { clockOf, dateOf, dateSeconds, DAY_S, secondsOf, type Axis } from './axis'
import type { Definition, Leg, Point } from './definition'

export interface Handle {
  /** Path of what it moves, below the definition: points[2], steps[0].to, curve[1], mean. */
  key: string
  /** s on the axis. */
  x: number
  y: number
  moves: 'both' | 'value' | 'time'
  /** It may be taken away. */
  removable: boolean
  /** Between these it stays, s. */
  least: number
  most: number
}

const num = (v: unknown): v is number => typeof v === 'number' && Number.isFinite(v)
const timeOf = (def: Definition) => (def.kind === 'date' ? dateSeconds : secondsOf)
const writeTime = (def: Definition) => (def.kind === 'date' ? dateOf : clockOf)

/** A handle keeps between its neighbours, one step away from each. */
function between(xs: (number | null)[], x: number, axis: Axis): { least: number; most: number } {
  const known = xs.filter((o): o is number => o !== null)
  const low = Math.max(...known.filter((o) => o < x), -Infinity)
  const high = Math.min(...known.filter((o) => o > x), Infinity)
  const edge = axis.kind === 'day' ? { from: 0, to: DAY_S - axis.step } : { from: -Infinity, to: Infinity }
  return { least: Math.max(edge.from, low + axis.step), most: Math.min(edge.to, high - axis.step) }
}

function ofPoints(def: Definition, axis: Axis): Handle[] {
  const points = def.points ?? []
  const xs = points.map((p) => timeOf(def)(p.at))
  return points.flatMap((p, i) => {
    const x = xs[i] ?? null
    if (x === null || !num(p.value)) return []
    return [{ key: `points[${i}]`, x, y: p.value, moves: 'both' as const, removable: points.length > 1, ...between(xs, x, axis) }]
  })
}

const flat = (leg: Leg) => leg.shape === 'step' || leg.shape === 'none' || !num(leg.to)
const endOf = (leg: Leg): number => (num(leg.to) ? leg.to : leg.from)
/** The next leg goes on where this one ends, so that both are one point. */
const joined = (legs: Leg[], i: number): boolean => {
  const leg = legs[i]
  const next = legs[i + 1]
  return !!leg && !!next && next.from === endOf(leg)
}

function ofLegs(legs: Leg[], axis: Axis): Handle[] {
  const out: Handle[] = []
  let start = 0
  legs.forEach((leg, i) => {
    const end = start + (num(leg.duration_s) ? leg.duration_s : 0)
    if (num(leg.from)) {
      if (i === 0 || !joined(legs, i - 1)) out.push({ key: `steps[${i}].from`, x: start, y: leg.from, moves: 'value', removable: false, least: start, most: start })
      out.push({ key: `steps[${i}].to`, x: end, y: flat(leg) ? leg.from : endOf(leg), moves: flat(leg) && !joined(legs, i) ? 'time' : 'both', removable: legs.length > 1, least: start + axis.step, most: Infinity })
    }
    start = end
  })
  return out
}

function ofCurve(def: Definition, axis: Axis): Handle[] {
  const xs = (def.curve ?? []).map((p) => secondsOf(p.at))
  const [first = null, , , last = null] = xs
  return (def.curve ?? []).flatMap((p, i) => {
    const x = xs[i] ?? null
    if (x === null || !num(p.value)) return []
    const outer = i === 0 || i === 3
    const limits = i === 0 ? { least: 0, most: Math.min(...xs.slice(1).map((o) => o ?? Infinity), (last ?? DAY_S) - axis.step) } : i === 3 ? { least: Math.max(...xs.slice(0, 3).map((o) => o ?? 0), (first ?? 0) + axis.step), most: DAY_S - axis.step } : { least: first ?? 0, most: last ?? DAY_S }
    return [{ key: `curve[${i}]`, x, y: p.value, moves: 'both' as const, removable: false, ...(outer ? limits : limits) }]
  })
}

export function handlesOf(def: Definition, axis: Axis): Handle[] {
  const value = (key: string, x: number, y: unknown): Handle[] => (num(y) ? [{ key, x, y, moves: 'value', removable: false, least: x, most: x }] : [])
  switch (def.kind) {
    case 'daily':
    case 'date':
      return ofPoints(def, axis)
    case 'duration':
      return ofLegs(def.steps ?? [], axis)
    case 'bezier':
      return ofCurve(def, axis)
    case 'sine': {
      const peak = secondsOf(def.peak_at)
      if (peak === null || !num(def.mean) || !num(def.amplitude)) return []
      const quarter = DAY_S / (4 * (num(def.cycles_per_day) && def.cycles_per_day > 0 ? def.cycles_per_day : 1))
      return [{ key: 'peak_at', x: peak, y: def.mean + def.amplitude, moves: 'both', removable: false, least: 0, most: DAY_S - axis.step }, ...value('mean', (peak + quarter) % DAY_S, def.mean)]
    }
    case 'sun_following':
      return [...value('night', 0, def.night), ...value('day', DAY_S / 2, def.day)]
    default:
      return []
  }
}

const at = (key: string): number => Number(/\[(\d+)\]/.exec(key)?.[1] ?? 0)
const replaced = <T,>(list: T[], i: number, change: Partial<T>): T[] => list.map((one, n) => (n === i ? { ...one, ...change } : one))

function moveLeg(legs: Leg[], key: string, x: number, y: number): Leg[] {
  const i = at(key)
  const leg = legs[i]
  if (!leg) return legs
  if (key.endsWith('.from')) return replaced(legs, i, { from: y, ...(flat(leg) && num(leg.to) ? { to: y } : {}) })
  const start = legs.slice(0, i).reduce((sum, one) => sum + one.duration_s, 0)
  const together = joined(legs, i)
  const level = flat(leg)
  let moved = replaced(legs, i, { duration_s: x - start, ...(level ? (together ? { from: y } : {}) : { to: y }) })
  // A level leg that moves takes the end of the one before along.
  if (level && together && joined(legs, i - 1) && !flat(legs[i - 1] ?? leg)) moved = replaced(moved, i - 1, { to: y })
  const next = moved[i + 1]
  if (together && next) moved = replaced(moved, i + 1, { from: y })
  return moved
}

/** The definition with a handle moved to x and y; what it may not do is left out. */
export function moveHandle(def: Definition, handle: Handle, x: number, y: number): Definition {
  const time = handle.moves === 'value' ? handle.x : Math.min(handle.most, Math.max(handle.least, x))
  const value = handle.moves === 'time' ? handle.y : y
  switch (def.kind) {
    case 'daily':
    case 'date':
      return { ...def, points: replaced(def.points ?? [], at(handle.key), { at: writeTime(def)(time), value }) }
    case 'duration':
      return { ...def, steps: moveLeg(def.steps ?? [], handle.key, time, value) }
    case 'bezier':
      return { ...def, curve: replaced(def.curve ?? [], at(handle.key), { at: clockOf(time), value }) }
    case 'sine':
      if (handle.key === 'mean') return { ...def, mean: value }
      return { ...def, peak_at: clockOf(time), amplitude: Math.max(0, round(value - (def.mean ?? 0))) }
    case 'sun_following':
      return handle.key === 'night' ? { ...def, night: value } : { ...def, day: value }
    default:
      return def
  }
}

const round = (v: number) => Number(v.toFixed(9))
export const canAdd = (def: Definition): boolean => ['daily', 'date', 'duration'].includes(def.kind)

function splitLeg(legs: Leg[], x: number, y: number): Leg[] {
  let start = 0
  for (const [i, leg] of legs.entries()) {
    const end = start + leg.duration_s
    if (x > start && x < end) {
      const shape = leg.shape === 'none' ? 'linear' : leg.shape
      return [...legs.slice(0, i), { ...leg, duration_s: x - start, to: y, shape }, { duration_s: end - x, from: y, to: endOf(leg), shape }, ...legs.slice(i + 1)]
    }
    start = end
  }
  const last = legs.at(-1)
  return [...legs, { duration_s: Math.max(1, x - start), from: last ? endOf(last) : y, to: y, shape: 'linear' }]
}

/** The definition with one more point. Where there is one already, nothing is added. */
export function addPoint(def: Definition, x: number, y: number): Definition {
  if (def.kind === 'duration') return { ...def, steps: splitLeg(def.steps ?? [], x, y) }
  if (!canAdd(def)) return def
  const points = def.points ?? []
  const read = timeOf(def)
  if (points.some((p) => read(p.at) === x)) return def
  const before = points.filter((p) => (read(p.at) ?? Infinity) < x).sort((a, b) => (read(a.at) ?? 0) - (read(b.at) ?? 0))
  const shape = (before.at(-1) ?? points.at(-1))?.to_next ?? 'linear'
  const added: Point = { at: writeTime(def)(x), value: y, to_next: shape }
  return { ...def, points: [...points, added].sort((a, b) => (read(a.at) ?? Infinity) - (read(b.at) ?? Infinity)) }
}

export function removePoint(def: Definition, key: string): Definition {
  const i = at(key)
  if (key.startsWith('points') && (def.points?.length ?? 0) > 1) return { ...def, points: def.points?.filter((_, n) => n !== i) }
  const legs = def.steps ?? []
  const leg = legs[i]
  if (!key.startsWith('steps') || !leg || legs.length < 2) return def
  const next = legs[i + 1]
  if (!next) return { ...def, steps: legs.slice(0, -1) }
  const merged: Leg = { ...leg, duration_s: leg.duration_s + next.duration_s, to: endOf(next), shape: leg.shape === 'step' ? next.shape : leg.shape }
  return { ...def, steps: [...legs.slice(0, i), merged, ...legs.slice(i + 2)] }
}
