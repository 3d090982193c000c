/** The options that many kinds share, as fields of a form. */
import { translate as t } from '@/app/i18n'
import { plainField, type Field, type FieldKind } from '@/forms/schema'

type More = Partial<Field>
const field = (name: string, kind: FieldKind, word: string, more: More = {}): Field =>
  plainField({ name, kind, title: t(`widgets.field.${word}`), ...more })

export const channelField = (more: More = {}): Field => field('channel', 'channel', 'channel', { required: true, ...more })
export const channelsField = (more: More = {}): Field =>
  field('channels', 'list', 'channels', { minItems: 0, maxItems: 24, item: plainField({ name: '', kind: 'channel', title: t('widgets.field.channel'), required: true }), ...more })
export const targetField = (more: More = {}): Field => field('target', 'target', 'output', { required: true, ...more })
export const functionField = (more: More = {}): Field => field('function', 'function', 'function', { required: true, ...more })
export const decimalsField = (): Field => field('decimals', 'integer', 'decimals', { min: 0, max: 6, advanced: true, help: t('widgets.field.decimals_help') })
export const maxAgeField = (): Field => field('max_age_s', 'number', 'max_age', { above: 0, suffix: t('widgets.unit.s'), advanced: true, help: t('widgets.field.max_age_help') })
/** Typed in the unit of who types, for the channel chosen in the same form. */
export const unitOf = { field: 'channel', delta: false }
export const bandFields = (): Field[] => [
  field('low', 'number', 'low', { advanced: true, help: t('widgets.field.band_help'), unitOf }),
  field('high', 'number', 'high', { advanced: true, unitOf }),
]
export const flag = (name: string, word: string, initial: boolean, more: More = {}): Field => field(name, 'switch', word, { initial, ...more })
export const numberField = (name: string, word: string, more: More = {}): Field => field(name, 'number', word, more)
export const integerField = (name: string, word: string, more: More = {}): Field => field(name, 'integer', word, more)
export const textField = (name: string, word: string, more: More = {}): Field => field(name, 'text', word, more)

/** A choice whose words are `widgets.choice.<name>.<value>`. */
export const choiceField = (name: string, values: readonly string[], more: More = {}): Field =>
  field(name, 'choice', name, { initial: values[0], choices: values.map((value) => ({ value, label: t(`widgets.choice.${name}.${value}`) })), ...more })

export const RANGES = ['1h', '6h', '24h', '7d', '30d', '1y'] as const
export type WidgetRange = (typeof RANGES)[number]
export const rangeField = (initial: WidgetRange, more: More = {}): Field =>
  field('range', 'choice', 'range', { initial, choices: RANGES.map((value) => ({ value, label: t(`widgets.range.${value}`) })), ...more })
