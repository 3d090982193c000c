/** The form of a function: name and zone, and the options of its kind. */
import { translate } from '@/app/i18n'
import type { FunctionDraft, FunctionPatch, HyphaFunction, Kind, Zone } from '@/api/types'
import { parseSchema, plainField, type Field } from '@/forms/schema'
import { collect, mergePatch, startValues, type Values } from '@/forms/values'

/** A select cannot hold null: zone 0 is none. */
const NO_ZONE = 0

export interface FunctionFields {
  head: Field[]
  options: Field[]
  all: Field[]
}

export function functionFields(kind: Kind, zones: Zone[]): FunctionFields {
  const head = [
    plainField({ name: 'name', kind: 'text', title: translate('function_form.name'), help: translate('function_form.name_help'), required: true, maxLength: 100 }),
    plainField({
      name: 'zone', kind: 'choice', title: translate('function_form.zone'), help: translate('function_form.zone_help'), initial: NO_ZONE,
      choices: [{ value: NO_ZONE, label: translate('function_form.zone_none') }, ...zones.map((zone) => ({ value: zone.id, label: zone.name }))],
    }),
  ]
  const options = parseSchema(kind.options_schema)
  const group = plainField({ name: 'options', kind: 'object', title: '', required: true, fields: options })
  return { head, options, all: [...head, group] }
}

export const functionValues = (fields: FunctionFields, f?: HyphaFunction): Values => ({
  name: f?.name ?? '',
  zone: f?.zone ?? NO_ZONE,
  options: startValues(fields.options, f?.options),
})

const optionsOf = (fields: FunctionFields, values: Values): Values => collect(fields.options, values.options as Values)
const zoneOf = (values: Values): number | null => (values.zone === NO_ZONE ? null : (values.zone as number))
const nameOf = (values: Values): string => String(values.name ?? '').trim()

export const createBody = (kind: Kind, fields: FunctionFields, values: Values): FunctionDraft => ({
  name: nameOf(values),
  kind: kind.id,
  zone: zoneOf(values) ?? undefined,
  options: optionsOf(fields, values),
})

export const changeBody = (f: HyphaFunction, fields: FunctionFields, values: Values): FunctionPatch => ({
  name: nameOf(values),
  zone: zoneOf(values),
  options: mergePatch(f.options, optionsOf(fields, values)),
})
