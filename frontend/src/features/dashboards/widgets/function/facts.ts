/** What a function shows of itself, as plain pairs: numbers, words and moments, in the order in which it shows them. */
import { known, translate as t } from '@/app/i18n'
import type { HyphaFunction } from '@/api/types'
import { stateOf } from '@/features/functions/view'
import { formatPlain } from '@/format/number'
import { formatAge, formatMoment, toMs } from '@/format/time'

export interface Fact {
  key: string
  label: string
  text: string
}

const MOMENT = /^\d{4}-\d\d-\d\dT/
/** Said elsewhere on the tile, or about the program and not the place. */
const LEFT_OUT = new Set(['result', 'measurement', 'setpoint', 'output', 'mode', 'steps', 'memory_bytes', 'took_ms', 'last_run'])

function textOf(value: unknown, now: number): string {
  if (typeof value === 'number' && Number.isFinite(value)) return formatPlain(value, 3)
  if (typeof value === 'boolean') return t(value ? 'function.yes' : 'function.no')
  if (typeof value !== 'string' || !value) return ''
  const at = MOMENT.test(value) ? toMs(value) : null
  if (at === null) return known('pid.mode', value)
  return at > now ? formatMoment(at, now) : formatAge(at, now)
}

export const factsOf = (f: Pick<HyphaFunction, 'state'>, now: number): Fact[] =>
  Object.entries(stateOf(f)).flatMap(([key, value]) => {
    const text = LEFT_OUT.has(key) ? '' : textOf(value, now)
    return text ? [{ key, label: known('function.fact', key).replace(/^./, (first) => first.toUpperCase()), text }] : []
  })
