/** The fields behind the parts of a sentence. */
import { translate as t } from '@/app/i18n'
import { plainField, type Field } from '@/forms/schema'

const wide = (field: Parameters<typeof plainField>[0]): Field => plainField({ required: true, ...field })
const when = (field: string, ...values: unknown[]) => ({ when: { field, in: values } })

export const channelField = () => [wide({ name: 'channel', kind: 'channel', title: t('compose.field.channel') })]
export const outputField = () => [wide({ name: 'target', kind: 'target', title: t('compose.field.output') })]
export const functionField = () => [wide({ name: 'function', kind: 'function', title: t('compose.field.function') })]
export const limitFields = (unit: string): Field[] => [
  wide({ name: 'op', kind: 'choice', title: t('compose.field.op'), choices: ['under', 'over', 'between'].map((value) => ({ value, label: t(`compose.is.${value}`) })) }),
  wide({ name: 'value', kind: 'number', title: t('compose.field.value'), suffix: unit }),
  wide({ name: 'high', kind: 'number', title: t('compose.field.high'), suffix: unit, ...when('op', 'between') }),
]
export const spanField = (help: string) => [plainField({ name: 'for_s', kind: 'number', title: t('compose.field.span'), suffix: 's', help, min: 0, max: 86_400 })]
export const rateField = () => [plainField({ name: 'per_hour', kind: 'integer', title: t('compose.field.rate'), help: t('compose.help.rate'), min: 0, max: 3600 })]
export const timeFields = () => [wide({ name: 'from', kind: 'text', title: t('compose.field.from'), placeholder: '06:00', pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' }), wide({ name: 'to', kind: 'text', title: t('compose.field.to'), placeholder: '22:00', pattern: '^([01]\\d|2[0-3]):[0-5]\\d$' })]
export const choiceField = (name: string, prefix: string, values: string[]): Field[] => [wide({ name, kind: 'choice', title: t(`compose.field.${name}`), choices: values.map((value) => ({ value, label: t(`${prefix}.${value}`) })) })]
export const amountField = (unit: string): Field[] => [wide({ name: 'amount', kind: 'number', title: t('compose.field.amount'), suffix: unit })]
export const textField = (): Field[] => [wide({ name: 'text', kind: 'text', title: t('compose.field.text'), maxLength: 500 })]
