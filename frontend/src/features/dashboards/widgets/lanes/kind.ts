import { translate as t } from '@/app/i18n'
import { plainField } from '@/forms/schema'
import { defineKind } from '../kind'
import { rangeField, RANGES } from '../parts/fields'
import { oneOf } from '../parts/options'

export interface LanesOptions {
  outputs?: number[]
  range?: string
}
const FIRST = 6

export default defineKind<LanesOptions>({
  id: 'lanes',
  group: 'graphs',
  icon: 'i-lucide-chart-bar-stacked',
  size: { w: 6, h: 3, minW: 3, minH: 2 },
  fields: () => [
    plainField({ name: 'outputs', kind: 'list', title: t('widgets.field.outputs'), minItems: 1, maxItems: 16, item: plainField({ name: '', kind: 'output', title: t('widgets.field.output'), required: true }) }),
    rangeField('24h'),
  ],
  start: (world) => ({ outputs: world.outputs.slice(0, FIRST).map((output) => output.id), range: '24h' }),
  title: ({ range }) => t('widgets.outputs_of', { range: t(`widgets.range.${oneOf(range, RANGES, '24h')}`) }),
  view: () => import('./LanesWidget.vue'),
})
