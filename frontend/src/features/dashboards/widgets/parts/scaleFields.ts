import { translate as t } from '@/app/i18n'
import { plainField, type Field } from '@/forms/schema'
import { choiceField, numberField, unitOf } from './fields'
import { TONES } from './scale'

/** Ends and colours of a gauge. */
export const scaleFields = (): Field[] => [
  numberField('min', 'min', { help: t('widgets.field.scale_help'), unitOf }),
  numberField('max', 'max', { unitOf }),
  plainField({
    name: 'stops',
    kind: 'items',
    title: t('widgets.field.stops'),
    help: t('widgets.field.stops_help'),
    advanced: true,
    maxItems: 8,
    fields: [numberField('from', 'from', { required: true }), choiceField('tone', TONES, { required: true })],
  }),
]
