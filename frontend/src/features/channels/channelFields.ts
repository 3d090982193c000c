/** What can be set per channel, in the form's vocabulary, and its way to and from the API. */
import { translate } from '@/app/i18n'
import type { Calibration, Channel, ChannelBody, Filter } from '@/api/types'
import { plainField, type Field } from '@/forms/schema'
import { collect, startValues, type Values } from '@/forms/values'

const t = translate
const when = (field: string, ...kinds: string[]) => ({ field, in: kinds })
const choices = (prefix: string, values: readonly string[]) => values.map((value) => ({ value, label: t(`${prefix}.${value}`) }))

const CALIBRATIONS = ['none', 'offset_scale', 'two_point', 'polynomial'] as const
const FILTERS = ['median', 'moving_average', 'low_pass', 'clamp', 'delta', 'outlier', 'stuck'] as const

const calibrationFields = (unit: string): Field[] => [
  plainField({ name: 'kind', kind: 'choice', title: t('channel.calibration_kind'), required: true, initial: 'none', choices: choices('channel.calibrations', CALIBRATIONS) }),
  plainField({ name: 'scale', kind: 'number', title: t('channel.scale'), required: true, initial: 1, when: when('kind', 'offset_scale') }),
  plainField({ name: 'offset', kind: 'number', title: t('channel.offset'), required: true, initial: 0, suffix: unit, when: when('kind', 'offset_scale') }),
  plainField({ name: 'raw_1', kind: 'number', title: t('channel.raw_1'), required: true, suffix: unit, when: when('kind', 'two_point') }),
  plainField({ name: 'actual_1', kind: 'number', title: t('channel.actual_1'), required: true, suffix: unit, when: when('kind', 'two_point') }),
  plainField({ name: 'raw_2', kind: 'number', title: t('channel.raw_2'), required: true, suffix: unit, when: when('kind', 'two_point') }),
  plainField({ name: 'actual_2', kind: 'number', title: t('channel.actual_2'), required: true, suffix: unit, when: when('kind', 'two_point') }),
  plainField({
    name: 'coefficients', kind: 'list', title: t('channel.coefficients'), help: t('channel.coefficients_help'), minItems: 1, when: when('kind', 'polynomial'),
    item: plainField({ name: '', kind: 'number', title: t('channel.coefficients') }),
  }),
]

const filterFields = (unit: string): Field[] => [
  plainField({ name: 'kind', kind: 'choice', title: t('channel.filter_kind'), required: true, initial: 'median', choices: choices('channel.filter_kinds', FILTERS) }),
  plainField({ name: 'window', kind: 'integer', title: t('channel.window'), required: true, initial: 5, min: 2, suffix: t('channel.readings'), when: when('kind', 'median', 'moving_average', 'outlier') }),
  plainField({ name: 'sigmas', kind: 'number', title: t('channel.sigmas'), required: true, initial: 3, above: 0, when: when('kind', 'outlier') }),
  plainField({ name: 'time_constant_s', kind: 'number', title: t('channel.time_constant'), required: true, initial: 30, above: 0, suffix: 's', when: when('kind', 'low_pass') }),
  plainField({ name: 'min', kind: 'number', title: t('channel.min'), required: true, suffix: unit, when: when('kind', 'clamp') }),
  plainField({ name: 'max', kind: 'number', title: t('channel.max'), required: true, suffix: unit, when: when('kind', 'clamp') }),
  plainField({ name: 'max_step', kind: 'number', title: t('channel.max_step'), required: true, above: 0, suffix: unit, when: when('kind', 'delta') }),
  plainField({ name: 'after_s', kind: 'number', title: t('channel.after'), required: true, initial: 600, above: 0, suffix: 's', when: when('kind', 'stuck') }),
]

export function channelFields(unit: string, units: { value: string; label: string }[]): Field[] {
  return [
    plainField({ name: 'name', kind: 'text', title: t('channel.name'), required: true, maxLength: 100 }),
    plainField({ name: 'unit', kind: 'choice', title: t('channel.unit'), help: t('channel.unit_help'), required: true, choices: units }),
    plainField({ name: 'expected_interval_s', kind: 'number', title: t('channel.expected'), help: t('channel.expected_help'), suffix: 's', above: 0 }),
    plainField({ name: 'valid_min', kind: 'number', title: t('channel.valid_min'), help: t('channel.valid_help'), suffix: unit }),
    plainField({ name: 'valid_max', kind: 'number', title: t('channel.valid_max'), help: t('channel.valid_help'), suffix: unit }),
    plainField({ name: 'calibration', kind: 'object', title: t('channel.calibration'), help: t('channel.calibration_help'), required: true, fields: calibrationFields(unit) }),
    plainField({ name: 'filters', kind: 'items', title: t('channel.filters'), help: t('channel.filters_help'), maxItems: 8, fields: filterFields(unit) }),
  ]
}

function calibrationValues(c: Calibration | null): Values {
  if (!c) return { kind: 'none' }
  const [one, two] = c.points ?? []
  return {
    kind: c.kind, offset: c.offset, scale: c.scale, coefficients: c.coefficients,
    raw_1: one?.raw, actual_1: one?.actual, raw_2: two?.raw, actual_2: two?.actual,
  }
}

function calibrationBody(values: Values): Calibration | null {
  const n = (key: string) => values[key] as number
  switch (values.kind) {
    case 'offset_scale':
      return { kind: 'offset_scale', offset: n('offset'), scale: n('scale') }
    case 'two_point':
      return { kind: 'two_point', points: [{ raw: n('raw_1'), actual: n('actual_1') }, { raw: n('raw_2'), actual: n('actual_2') }] }
    case 'polynomial':
      return { kind: 'polynomial', coefficients: values.coefficients as number[] }
    default:
      return null
  }
}

export function channelValues(fields: Field[], channel: Channel): Values {
  return startValues(fields, {
    name: channel.name,
    unit: channel.unit,
    expected_interval_s: channel.expected_interval_s || undefined,
    valid_min: channel.valid_min ?? undefined,
    valid_max: channel.valid_max ?? undefined,
    calibration: calibrationValues(channel.calibration as Calibration | null),
    filters: channel.filters ?? [],
  })
}

/** Only what changed; an emptied limit is null, which takes it away. */
export function channelBody(fields: Field[], values: Values, before: Values): ChannelBody {
  const now = collect(fields, values)
  const was = collect(fields, before)
  const changed = (key: string) => JSON.stringify(now[key]) !== JSON.stringify(was[key])
  return {
    ...(changed('name') && { name: now.name as string }),
    ...(changed('unit') && { unit: now.unit as string }),
    ...(changed('expected_interval_s') && now.expected_interval_s !== undefined && { expected_interval_s: now.expected_interval_s as number }),
    ...(changed('valid_min') && { valid_min: (now.valid_min as number | undefined) ?? null }),
    ...(changed('valid_max') && { valid_max: (now.valid_max as number | undefined) ?? null }),
    ...(changed('calibration') && { calibration: calibrationBody(now.calibration as Values) }),
    ...(changed('filters') && { filters: now.filters as Filter[] }),
  }
}
