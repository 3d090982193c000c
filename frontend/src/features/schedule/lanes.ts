/** The plan as lanes on one time axis: outputs with their spans, timers with their points, methods with their curves. */
import type { PlannedCourse, PlannedOutput, PlannedTimer, Schedule } from '@/api/types'

export interface Span {
  from: number
  to: number
  level: PlannedOutput['spans'][number]['level']
  function: number
}

export interface Lane {
  key: string
  kind: 'output' | 'timer' | 'course'
  name: string
  to: string
  zone: number | null
  spans: Span[]
  points: number[]
  more: boolean
  problem: string
  course: Pick<PlannedCourse, 't' | 'v' | 'unit'> | null
}

const empty = { spans: [], points: [], more: false, problem: '', course: null }
const overlaps = (from: number, to: number, span: Span) => span.from < to && (span.to > from || span.from >= from)

const outputLane = (output: PlannedOutput, from: number, to: number): Lane => ({
  ...empty,
  key: `output ${output.output}.${output.channel}`,
  kind: 'output',
  name: output.name,
  to: `/functions/${output.spans[0]?.function ?? ''}`,
  zone: output.zone,
  spans: output.spans
    .map((span) => ({ from: Date.parse(span.from), to: Date.parse(span.to), level: span.level, function: span.function }))
    .filter((span) => overlaps(from, to, span))
    .map((span) => ({ ...span, from: Math.max(from, span.from), to: Math.min(to, span.to) })),
})

const timerLane = (timer: PlannedTimer, from: number, to: number): Lane => ({
  ...empty,
  key: `timer ${timer.function}`,
  kind: 'timer',
  name: timer.name,
  to: `/functions/${timer.function}`,
  zone: timer.zone,
  points: timer.points.map((t) => Date.parse(t)).filter((t) => t >= from && t < to),
  more: timer.more,
  problem: timer.problem ?? '',
})

const courseLane = (course: PlannedCourse): Lane => ({
  ...empty,
  key: `course ${course.function}`,
  kind: 'course',
  name: course.name,
  to: `/functions/${course.function}`,
  zone: course.zone,
  course,
})

/** Lanes within [from, to). A timer whose deeds are told by its output's lane has none of its own. */
export function lanesOf(schedule: Schedule, from: number, to: number): Lane[] {
  return [
    ...schedule.outputs.map((output) => outputLane(output, from, to)).filter((lane) => lane.spans.length),
    ...schedule.courses.map(courseLane),
    ...schedule.timers
      .filter((timer) => !timer.drives || timer.problem)
      .map((timer) => timerLane(timer, from, to))
      .filter((lane) => lane.points.length || lane.problem),
  ]
}

/** Lanes by zone, in the order of zones; what belongs to none comes last. */
export function byZone<Z extends { id: number }>(lanes: Lane[], zones: Z[]): { zone: Z | null; lanes: Lane[] }[] {
  const known = new Set(zones.map((zone) => zone.id))
  return [
    ...zones.map((zone) => ({ zone, lanes: lanes.filter((lane) => lane.zone === zone.id) })),
    { zone: null, lanes: lanes.filter((lane) => lane.zone === null || !known.has(lane.zone)) },
  ].filter((group) => group.lanes.length)
}

/** What happens again and again after the same time is told once; null when it comes irregularly or less than four times. */
export function everyOf(moments: number[]): number | null {
  if (moments.length < 4) return null
  const gaps = moments.slice(1).map((t, i) => t - (moments[i] ?? t))
  const usual = [...gaps].sort((a, b) => a - b)[Math.floor(gaps.length / 2)] ?? 0
  const regular = gaps.filter((gap) => Math.abs(gap - usual) < 1000).length
  return usual > 0 && usual < 6 * 3_600_000 && regular >= gaps.length * 0.7 ? usual : null
}

export interface Entry {
  key: string
  lane: Lane
  at: number
  until: number | null
  level: Span['level'] | null
  /** Told once for many. */
  every: number | null
  times: number
}

/** One day as a list, in the order of time. */
export function entriesOf(lanes: Lane[], from: number, to: number): Entry[] {
  const list = lanes.flatMap((lane): Entry[] => {
    const spans = lane.spans.filter((span) => overlaps(from, to, span))
    const starts = [...spans.map((span) => span.from), ...lane.points.filter((t) => t >= from && t < to)]
    const every = everyOf(starts)
    const first = starts[0]
    if (every !== null && first !== undefined) {
      return [{ key: lane.key, lane, at: Math.max(from, first), until: starts.at(-1) ?? null, level: spans[0]?.level ?? null, every, times: starts.length }]
    }
    return [
      ...spans.map((span) => ({ key: `${lane.key} ${span.from}`, lane, at: Math.max(from, span.from), until: Math.min(to, span.to), level: span.level, every: null, times: 1 })),
      ...lane.points.filter((t) => t >= from && t < to).map((t) => ({ key: `${lane.key} ${t}`, lane, at: t, until: null, level: null, every: null, times: 1 })),
    ]
  })
  return list.sort((a, b) => a.at - b.at)
}

/** The curve of a course in a box of width 1 and height 1, and its extremes; null where it has no value at all. */
export function curveOf({ t, v }: Pick<PlannedCourse, 't' | 'v'>, from: number, to: number): { low: number; high: number; pieces: [number, number][][] } | null {
  const values = v.filter((value): value is number => value !== null)
  if (!values.length) return null
  const low = Math.min(...values)
  const high = Math.max(...values)
  const pieces: [number, number][][] = []
  let piece: [number, number][] = []
  t.forEach((moment, i) => {
    const value = v[i]
    if (value === null || value === undefined || moment < from || moment > to) {
      if (piece.length) pieces.push(piece)
      piece = []
      return
    }
    piece.push([(moment - from) / (to - from), high > low ? 1 - (value - low) / (high - low) : 0.5])
  })
  if (piece.length) pieces.push(piece)
  return { low, high, pieces }
}
