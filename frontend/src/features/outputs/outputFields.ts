/** The form of an output: what all have, the kind's options, and per channel where it falls and what it may do. */
import { translate as t } from '@/app/i18n'
import type { Kind, Output, OutputChannel, OutputChannelDraft, OutputDraft, OutputPatch, Zone } from '@/api/types'
import { parseSchema, plainField, type Field } from '@/forms/schema'
import { collect, mergePatch, startValues, type Values } from '@/forms/values'
import { levelBody, levelFields, levelValues } from './level'

type ChannelType = OutputChannel['type']
type Shape = Pick<OutputChannel, 'index' | 'name' | 'type'> & Partial<OutputChannel>

const NO_ZONE = 0

export const limitNames: Record<ChannelType, [name: string, suffix: string][]> = {
  on_off: [['max_on_s', 's'], ['min_on_s', 's'], ['min_off_s', 's']],
  pwm: [['duty_min', '%'], ['duty_max', '%'], ['max_on_s', 's']],
  value: [['value_min', ''], ['value_max', '']],
  volume: [['max_volume_ml_per_dose', 'ml'], ['max_volume_ml_per_hour', 'ml'], ['max_volume_ml_per_day', 'ml']],
}

function channelFields(channel: Shape, alone: boolean): Field[] {
  const limits = limitNames[channel.type].map(([name, suffix]) =>
    plainField({ name, kind: 'number', title: t(`output_form.limit.${name}`), suffix, min: suffix ? 0 : undefined, max: suffix === '%' ? 100 : undefined }),
  )
  return [
    ...(alone ? [] : [plainField({ name: 'name', kind: 'text', title: t('output_form.channel_name'), maxLength: 100 })]),
    ...levelFields('safe', t('output_form.safe'), t('output_form.safe_help'), channel.type, false),
    ...levelFields('at_start', t('output_form.at_start'), t('output_form.at_start_help'), channel.type, true),
    ...levelFields('at_stop', t('output_form.at_stop'), t('output_form.at_stop_help'), channel.type, true),
    plainField({ name: 'limits', kind: 'object', title: t('output_form.limits'), help: t('output_form.limits_help'), fields: limits }),
  ]
}

export interface OutputFields {
  head: Field[]
  options: Field[]
  channels: { shape: Shape; fields: Field[] }[]
  all: Field[]
}

/** The channels of a saved output, or those its kind always has. */
export function shapesOf(kind: Kind, output?: Output): Shape[] {
  if (output) return output.channels
  return kind.channels.flatMap((c, index) => (c.type ? [{ index, name: c.name, type: c.type }] : []))
}

export function outputFields(kind: Kind, zones: Zone[], output?: Output): OutputFields {
  const head = [
    plainField({ name: 'name', kind: 'text', title: t('output_form.name'), help: t('output_form.name_help'), required: true, maxLength: 100 }),
    plainField({
      name: 'zone', kind: 'choice', title: t('output_form.zone'), help: t('output_form.zone_help'), initial: NO_ZONE,
      choices: [{ value: NO_ZONE, label: t('output_form.zone_none') }, ...zones.map((zone) => ({ value: zone.id, label: zone.name }))],
    }),
  ]
  const options = parseSchema(kind.options_schema)
  const channels = shapesOf(kind, output).map((shape, _i, shapes) => ({ shape, fields: channelFields(shape, shapes.length === 1) }))
  const group = plainField({ name: 'options', kind: 'object', title: '', required: true, fields: options })
  return { head, options, channels, all: [...head, group] }
}

export function outputValues(fields: OutputFields, output?: Output): Values {
  return {
    name: output?.name ?? '',
    zone: output?.zone ?? NO_ZONE,
    options: startValues(fields.options, output?.options),
    channels: fields.channels.map(({ shape, fields: own }) =>
      startValues(own, {
        name: shape.name,
        ...levelValues('safe', shape.safe, shape.type, false),
        ...levelValues('at_start', shape.at_start, shape.type, true),
        ...levelValues('at_stop', shape.at_stop, shape.type, true),
        limits: shape.limits ?? {},
      }),
    ),
  }
}

const optionsOf = (fields: OutputFields, values: Values) => collect(fields.options, values.options as Values)

function channelsBody(fields: OutputFields, values: Values): OutputChannelDraft[] {
  const all = values.channels as Values[]
  return fields.channels.map(({ shape, fields: own }, i) => {
    const v = all[i] ?? {}
    const limits = own.find((field) => field.name === 'limits')
    return {
      index: shape.index,
      name: String(v.name ?? shape.name),
      type: shape.type,
      safe: levelBody('safe', v, shape.type),
      at_start: levelBody('at_start', v, shape.type),
      at_stop: levelBody('at_stop', v, shape.type),
      limits: collect(limits?.fields ?? [], v.limits as Values),
    }
  })
}

const zoneOf = (values: Values): number | null => (values.zone === NO_ZONE ? null : (values.zone as number))

export function createBody(kind: Kind, fields: OutputFields, values: Values): OutputDraft {
  const channels = channelsBody(fields, values)
  return {
    name: String(values.name ?? '').trim(),
    kind: kind.id,
    options: optionsOf(fields, values),
    zone: zoneOf(values) ?? undefined,
    ...(channels.length ? { channels } : {}),
  }
}

export const changeBody = (output: Output, fields: OutputFields, values: Values): OutputPatch => ({
  name: String(values.name ?? '').trim(),
  options: mergePatch(output.options, optionsOf(fields, values)),
  zone: zoneOf(values),
  channels: channelsBody(fields, values),
})
