import { translate as t } from '@/app/i18n'
import { defineKind } from '../kind'
import { channelsField, decimalsField, flag, maxAgeField, rangeField } from '../parts/fields'
import { ranked } from '../parts/firsts'

export interface TableOptions {
  channels?: number[]
  range?: string
  decimals?: number
  max_age_s?: number
  statistics?: boolean
}
const FIRST = 6

export default defineKind<TableOptions>({
  id: 'table',
  group: 'values',
  icon: 'i-lucide-table',
  size: { w: 5, h: 4, minW: 3, minH: 2 },
  fields: () => [channelsField({ minItems: 1, required: true }), flag('statistics', 'statistics', true), rangeField('24h', { when: { field: 'statistics', in: [true] } }), decimalsField(), maxAgeField()],
  start: (world) => ({ channels: ranked(world).slice(0, FIRST).map((channel) => channel.id), range: '24h', statistics: true }),
  title: () => t('widget.table.name'),
  view: () => import('./TableWidget.vue'),
})
