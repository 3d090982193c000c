/** The fields every input has, whatever its kind. */
import { translate } from '@/app/i18n'
import type { Input, InputDraft, InputPatch, Kind, Zone } from '@/api/types'
import { parseSchema, plainField, type Field } from '@/forms/schema'
import { collect, mergePatch, startValues, type Values } from '@/forms/values'

/** A select cannot hold null: zone 0 is none. */
const NO_ZONE = 0

export interface InputFields {
  head: Field[]
  options: Field[]
  timing: Field[]
  all: Field[]
}

export function inputFields(kind: Kind, zones: Zone[]): InputFields {
  const head = [
    plainField({ name: 'name', kind: 'text', title: translate('input.name'), help: translate('input.name_help'), required: true, maxLength: 100 }),
    plainField({
      name: 'zone',
      kind: 'choice',
      title: translate('input.zone'),
      help: translate('input.zone_help'),
      initial: NO_ZONE,
      choices: [{ value: NO_ZONE, label: translate('input.zone_none') }, ...zones.map((zone) => ({ value: zone.id, label: zone.name }))],
    }),
  ]
  const polled = kind.period_s > 0
  const timing = [
    ...(polled
      ? [plainField({ name: 'period_s', kind: 'number', title: translate('input.period'), suffix: 's', required: true, min: kind.min_period_s || undefined, above: kind.min_period_s ? undefined : 0 })]
      : []),
    plainField({ name: 'timeout_s', kind: 'number', title: translate('input.timeout'), help: translate('input.timeout_help'), suffix: 's', above: 0, advanced: true }),
    plainField({ name: 'failures_before_degraded', kind: 'integer', title: translate('input.failures'), help: translate('input.failures_help'), min: 1, advanced: true }),
  ]
  const options = parseSchema(kind.options_schema)
  const group = plainField({ name: 'options', kind: 'object', title: '', required: true, fields: options })
  return { head, options, timing, all: [...head, group, ...timing] }
}

export function inputValues(fields: InputFields, kind: Kind, from?: Partial<Input>): Values {
  return {
    name: from?.name ?? '',
    zone: from?.zone ?? NO_ZONE,
    options: startValues(fields.options, from?.options),
    period_s: from?.period_s ?? (kind.period_s || undefined),
    timeout_s: from?.timeout_s ?? (kind.timeout_s || undefined),
    failures_before_degraded: from?.failures_before_degraded ?? undefined,
  }
}

export const optionsOf = (fields: InputFields, values: Values): Values => collect(fields.options, values.options as Values)

const zoneOf = (values: Values): number | null => (values.zone === NO_ZONE ? null : (values.zone as number))

function common(values: Values) {
  const number = (value: unknown) => (typeof value === 'number' ? value : undefined)
  return {
    name: String(values.name ?? '').trim(),
    period_s: number(values.period_s),
    timeout_s: number(values.timeout_s),
    failures_before_degraded: number(values.failures_before_degraded),
  }
}

export const createBody = (kind: Kind, fields: InputFields, values: Values): InputDraft => ({
  ...common(values),
  zone: zoneOf(values) ?? undefined,
  kind: kind.id,
  options: optionsOf(fields, values),
})

export const changeBody = (input: Input, fields: InputFields, values: Values): InputPatch => ({
  ...common(values),
  zone: zoneOf(values),
  options: mergePatch(input.options, optionsOf(fields, values)),
})
