/** What a dry run through the past is drawn as (the condition is the first result, see watched): when the condition was true, what would have been done, and what would have been held back. */
import type { DryRun } from '../script'

export interface Stretch {
  from: number
  to: number
}
export interface Lane {
  key: string
  /** Of an output: its number and channel. */
  output?: number
  channel?: number
  text: string
  stretches: Stretch[]
}
export interface Lanes {
  condition: Stretch[]
  would: Lane[]
  held: Stretch[]
  /** The last reason for which something would have been held back. */
  why: string
  /** Of what would have been done first: how often it would have begun, and for how long in all, ms; null where it has no length. */
  times: number
  total: number | null
}

function grow(list: Stretch[], from: number, to: number): boolean {
  const last = list.at(-1)
  if (last && from <= last.to) {
    last.to = Math.max(last.to, to)
    return false
  }
  list.push({ from, to })
  return true
}

const LENGTHLESS = new Set(['notify', 'note', 'set_point', 'adjust', 'enable', 'disable'])

export function lanesOf(run: DryRun, everyMs: number): Lanes {
  const lanes = new Map<string, Lane>()
  const condition: Stretch[] = []
  const held: Stretch[] = []
  let why = ''
  for (const one of run.series ?? []) {
    const next = one.t + everyMs
    if (one.results?.some((result) => result.index === 0 && result.value === 1)) grow(condition, one.t, next)
    for (const action of one.actions ?? []) {
      if (action.held) {
        grow(held, one.t, next)
        why = action.held
        continue
      }
      const key = action.what === 'set_output' ? `${action.output}/${action.channel ?? 0}/${JSON.stringify(action.level)}` : `${action.what} ${action.text}`
      const lane = lanes.get(key) ?? { key, output: action.output, channel: action.channel, text: action.text, stretches: [] }
      lanes.set(key, lane)
      grow(lane.stretches, one.t, action.duration_s ? one.t + action.duration_s * 1000 : next)
    }
  }
  const would = [...lanes.values()]
  const first = would[0]
  const lengthless = !first || LENGTHLESS.has(first.key.split(' ')[0] ?? '')
  return { condition, would, held, why, times: first?.stretches.length ?? 0, total: lengthless ? null : first.stretches.reduce((sum, s) => sum + s.to - s.from, 0) }
}
