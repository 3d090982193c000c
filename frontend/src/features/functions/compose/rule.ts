/** A rule in sentences: what has to be true, and what is done then and otherwise. It is kept beside the script that it makes. */
export type Condition =
  | { is: 'channel'; channel?: number; op: 'under' | 'over' | 'between'; value?: number; high?: number; for_s?: number }
  | { is: 'time'; from: string; to: string }
  | { is: 'output'; target?: Target; on: 'on' | 'off' }
  | { is: 'sun'; day: 'day' | 'night' }
export interface Target {
  output: number
  channel?: number
}
export interface Group {
  join: 'all' | 'any'
  parts: Condition[]
}
export type Act =
  | { do: 'on' | 'off'; target?: Target; for_s?: number; per_hour?: number }
  | { do: 'duty' | 'value' | 'dose'; target?: Target; amount?: number; for_s?: number; per_hour?: number }
  | { do: 'setpoint'; function?: number; amount?: number }
  | { do: 'enable' | 'disable'; function?: number }
  | { do: 'notify'; text: string; severity: 'info' | 'warning' | 'critical' }
  | { do: 'note'; text: string }
export interface Rule {
  /** The groups are joined by this, each by its own. */
  join: 'all' | 'any'
  groups: Group[]
  then: Act[]
  otherwise: Act[]
}

export const CONDITIONS = ['channel', 'time', 'output', 'sun'] as const
export const ACTS = ['on', 'off', 'duty', 'value', 'dose', 'setpoint', 'enable', 'disable', 'notify', 'note'] as const

export const newCondition = (is: Condition['is']): Condition => {
  switch (is) {
    case 'channel':
      return { is, op: 'under' }
    case 'time':
      return { is, from: '06:00', to: '22:00' }
    case 'output':
      return { is, on: 'on' }
    case 'sun':
      return { is, day: 'day' }
  }
}

export function newAct(kind: Act['do']): Act {
  if (kind === 'notify') return { do: kind, text: '', severity: 'warning' }
  return kind === 'note' ? { do: kind, text: '' } : { do: kind }
}

export const emptyRule = (): Rule => ({ join: 'all', groups: [{ join: 'all', parts: [newCondition('channel')] }], then: [], otherwise: [] })

/** What a saved function keeps: the rule, and which script it made. */
interface Kept {
  rule: Rule
  made: number
}

/** FNV-1a over the text: enough to tell whether it is still the same. */
export function markOf(text: string): number {
  let hash = 0x811c9dc5
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  return hash >>> 0
}

export const keep = (rule: Rule, script: string): string => JSON.stringify({ rule, made: markOf(script) } satisfies Kept)

const isObject = (v: unknown): v is Record<string, unknown> => typeof v === 'object' && v !== null && !Array.isArray(v)
const isRule = (v: unknown): v is Rule => isObject(v) && Array.isArray(v.groups) && v.groups.every((g) => isObject(g) && Array.isArray(g.parts)) && Array.isArray(v.then) && Array.isArray(v.otherwise)

/** The rule that was kept; `same` while the script is still what it made. */
export function kept(text: unknown, script: string): { rule: Rule; same: boolean } | null {
  if (typeof text !== 'string' || !text) return null
  try {
    const raw: unknown = JSON.parse(text)
    if (!isObject(raw) || !isRule(raw.rule)) return null
    return { rule: raw.rule, same: raw.made === markOf(script) }
  } catch {
    return null
  }
}
