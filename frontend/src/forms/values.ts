/** A form's values: what a schema starts with, what a saved thing brings, and what is sent. */
import { toRaw } from 'vue'
import { applies, type Field } from './schema'

export type Values = Record<string, unknown>

const isValues = (value: unknown): value is Values => typeof value === 'object' && value !== null && !Array.isArray(value)

function blank(field: Field): unknown {
  if (field.initial !== undefined) return structuredClone(field.initial)
  switch (field.kind) {
    case 'switch':
      return false
    case 'object':
      return startValues(field.fields)
    case 'items':
      return Array.from({ length: field.minItems }, () => startValues(field.fields))
    case 'list':
      return Array.from({ length: field.minItems }, () => undefined)
    case 'map':
      return {}
    case 'choice':
      return field.required ? field.choices[0]?.value : undefined
    default:
      return undefined
  }
}

/** Values for all fields: those given, and defaults for the rest. */
export function startValues(fields: Field[], given: Values = {}): Values {
  const values: Values = {}
  for (const field of fields) {
    // Of fields that share a name only the one whose condition holds is the value's.
    if (fields.some((other) => other !== field && other.name === field.name) && !applies(field, values)) continue
    const value = given[field.name]
    if (value === undefined || value === null) values[field.name] = blank(field)
    else if (field.kind === 'object' && isValues(value)) values[field.name] = startValues(field.fields, value)
    else if (field.kind === 'items' && Array.isArray(value)) {
      values[field.name] = value.map((item) => startValues(field.fields, isValues(item) ? item : {}))
    } else values[field.name] = structuredClone(toRaw(value)) // what a query holds comes wrapped, and a wrapping cannot be cloned
  }
  return values
}

const isEmpty = (value: unknown): boolean => value === undefined || value === null || value === ''

/** What is sent: fields that apply and hold something. A secret that was not touched is absent, which keeps it. */
export function collect(fields: Field[], values: Values): Values {
  const out: Values = {}
  for (const field of fields) {
    if (!applies(field, values)) continue
    const value = values[field.name]
    if (field.kind === 'object' && isValues(value)) {
      const inner = collect(field.fields, value)
      if (field.required || Object.keys(inner).length) out[field.name] = inner
    } else if (field.kind === 'items' && Array.isArray(value)) {
      out[field.name] = value.map((item) => collect(field.fields, isValues(item) ? item : {}))
    } else if (field.kind === 'list' && Array.isArray(value)) {
      out[field.name] = value.filter((item) => !isEmpty(item))
    } else if (field.kind === 'map' && isValues(value)) {
      const entries = Object.entries(value).filter(([key]) => key !== '')
      if (entries.length) out[field.name] = Object.fromEntries(entries)
    } else if (!isEmpty(value)) {
      out[field.name] = value
    }
  }
  return out
}

type Segment = string | number

/** "options.channels[0].topic" as its steps. */
export function stepsOf(path: string): Segment[] {
  return [...path.matchAll(/([^.[\]]+)|\[(\d+)\]/g)].map((m) => (m[2] !== undefined ? Number(m[2]) : (m[1] ?? '')))
}

export function getAt(root: Values, path: string): unknown {
  let at: unknown = root
  for (const step of stepsOf(path)) {
    if (Array.isArray(at) && typeof step === 'number') at = at[step]
    else if (isValues(at)) at = at[String(step)]
    else return undefined
  }
  return at
}

export function setAt(root: Values, path: string, value: unknown): void {
  const steps = stepsOf(path)
  const last = steps.pop()
  if (last === undefined) return
  let at: unknown = root
  for (const step of steps) {
    if (Array.isArray(at) && typeof step === 'number') at = at[step]
    else if (isValues(at)) at = at[String(step)] ??= {}
    else return
  }
  if (Array.isArray(at) && typeof last === 'number') at[last] = value
  else if (isValues(at)) at[String(last)] = value
}

/** "options.channels[0]" for "options.channels[0].topic", "" for "name". */
export const parentOf = (path: string): string => path.replace(/(\.[^.[\]]+|\[\d+\])$|^[^.[\]]+$/, '')
export const childOf = (parent: string, name: string): string => (parent ? `${parent}.${name}` : name)

/** The JSON merge patch (RFC 7396) that makes `after` of `before`: what is gone becomes null, lists are replaced as a whole. */
export function mergePatch(before: Values, after: Values): Values {
  const patch: Values = {}
  for (const [key, value] of Object.entries(after)) {
    const old = before[key]
    if (JSON.stringify(old) === JSON.stringify(value)) continue
    patch[key] = isValues(old) && isValues(value) ? mergePatch(old, value) : value
  }
  for (const key of Object.keys(before)) if (!(key in after)) patch[key] = null
  return patch
}
