/** A method as the API has it (GET /methods/schema), and what a new one of each kind begins with. */
import type { components } from '@/api/schema'

export type Method = components['schemas']['Method']

export const KINDS = ['daily', 'duration', 'sine', 'bezier', 'sun_following', 'date', 'cascade', 'csv'] as const
export type MethodKind = (typeof KINDS)[number]
export const SHAPES = ['step', 'linear', 'smooth', 'none'] as const
export type Shape = (typeof SHAPES)[number]

export interface Point {
  at: string
  value: number
  to_next: Shape
}
export interface Leg {
  duration_s: number
  from: number
  to?: number
  shape: Shape
}
export interface CurvePoint {
  at: string
  value: number
}
/** Only what applies to its kind is there; what a person is typing may not be a number yet. */
export interface Definition {
  kind: MethodKind
  points?: Point[]
  steps?: Leg[]
  mean?: number
  amplitude?: number
  peak_at?: string
  cycles_per_day?: number
  curve?: CurvePoint[]
  night?: number
  day?: number
  clock?: 'daily' | 'duration' | 'date'
  csv?: string
  methods?: { method: number; weight: number }[]
}

export const kindOf = (raw: unknown): MethodKind => {
  const kind = typeof raw === 'object' && raw !== null && 'kind' in raw ? raw.kind : undefined
  return KINDS.find((one) => one === kind) ?? 'daily'
}

const DAY_S = 86_400
const isoDay = (ms: number) => new Date(ms).toISOString().slice(0, 10)

/** Something to drag from the first moment on: a warm day and a cool night. */
export function template(kind: MethodKind, now: number): Definition {
  switch (kind) {
    case 'daily':
      return {
        kind,
        points: [
          { at: '06:00', value: 18, to_next: 'linear' },
          { at: '09:00', value: 24, to_next: 'step' },
          { at: '19:00', value: 24, to_next: 'linear' },
          { at: '22:00', value: 18, to_next: 'step' },
        ],
      }
    case 'duration':
      return {
        kind,
        steps: [
          { duration_s: 7200, from: 18, to: 24, shape: 'linear' },
          { duration_s: 14_400, from: 24, shape: 'step' },
          { duration_s: 7200, from: 24, to: 18, shape: 'linear' },
        ],
      }
    case 'date':
      return {
        kind,
        points: [0, 14, 42].map((days, i) => ({ at: isoDay(now + days * DAY_S * 1000), value: [18, 21, 24][i] ?? 18, to_next: 'linear' as const })),
      }
    case 'sine':
      return { kind, mean: 21, amplitude: 3, peak_at: '14:00', cycles_per_day: 1 }
    case 'bezier':
      return {
        kind,
        curve: [
          { at: '06:00', value: 18 },
          { at: '10:00', value: 28 },
          { at: '16:00', value: 28 },
          { at: '22:00', value: 18 },
        ],
      }
    case 'sun_following':
      return { kind, night: 18, day: 24 }
    case 'csv':
      return { kind, clock: 'daily', csv: '06:00,18\n09:00,24\n19:00,24\n22:00,18\n' }
    case 'cascade':
      return { kind, methods: [] }
  }
}
