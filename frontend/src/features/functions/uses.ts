/** What the options of a function name: the outputs it drives and the channels it reads. Kinds are told apart by their schema, never by name. */
import type { HyphaFunction, Kind, Output } from '@/api/types'
import { linesOf, type OutputLine } from '@/features/outputs/describe'
import { applies, parseSchema, type Field } from '@/forms/schema'
import type { Values } from '@/forms/values'

const isValues = (value: unknown): value is Values => typeof value === 'object' && value !== null && !Array.isArray(value)

/** Calls `see` for every field that applies and holds something, also inside of objects and lists. */
function walk(fields: Field[], values: Values, see: (field: Field, value: unknown) => void): void {
  const whole = Object.fromEntries(fields.map((field) => [field.name, values[field.name] ?? field.initial]))
  for (const field of fields) {
    const value = values[field.name]
    if (value === undefined || value === null || !applies(field, whole)) continue
    see(field, value)
    if (field.kind === 'object' && isValues(value)) walk(field.fields, value, see)
    if (field.kind === 'items' && Array.isArray(value)) for (const item of value) if (isValues(item)) walk(field.fields, item, see)
    if (field.kind === 'list' && field.item && Array.isArray(value)) for (const item of value) see(field.item, item)
  }
}

export interface Uses {
  /** "3/0": output and channel of it, in the order of the form. */
  targets: string[]
  /** Ids of channels, in the order of the form. */
  channels: number[]
}

export function usesOf(kind: Kind | undefined, options: HyphaFunction['options']): Uses {
  const targets = new Set<string>()
  const channels = new Set<number>()
  if (kind) {
    walk(parseSchema(kind.options_schema), options, (field, value) => {
      if (field.kind === 'target' && isValues(value)) targets.add(`${Number(value.output)}/${Number(value.channel ?? 0)}`)
      if (field.kind === 'output' && typeof value === 'number' && value > 0) targets.add(`${value}/0`)
      if (field.kind === 'channel' && typeof value === 'number' && value > 0) channels.add(value)
    })
  }
  return { targets: [...targets], channels: [...channels] }
}

export interface DrivenLine extends OutputLine {
  /** It names this output, or drives it now, as a script may. */
  named: boolean
}

/** The output channels that a function names or drives at this moment. */
export function drivenLines(f: HyphaFunction, kind: Kind | undefined, outputs: Output[], driverOf: (line: OutputLine) => string): DrivenLine[] {
  const { targets } = usesOf(kind, f.options)
  return linesOf(outputs)
    .map((line) => ({ ...line, named: targets.includes(line.key) }))
    .filter((line) => line.named || driverOf(line) === `function/${f.id}`)
    .sort((a, b) => rank(targets, a.key) - rank(targets, b.key))
}
const rank = (targets: string[], key: string) => (targets.includes(key) ? targets.indexOf(key) : targets.length)
