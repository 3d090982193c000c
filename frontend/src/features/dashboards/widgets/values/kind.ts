import { translate as t } from '@/app/i18n'
import { defineKind } from '../kind'
import { channelsField, decimalsField, flag, maxAgeField } from '../parts/fields'
import { ranked } from '../parts/firsts'

export interface ValuesOptions {
  channels?: number[]
  decimals?: number
  max_age_s?: number
  trail?: boolean
  show_owner?: boolean
  show_time?: boolean
}
const FIRST = 4

export default defineKind<ValuesOptions>({
  id: 'values',
  group: 'values',
  icon: 'i-lucide-rows-3',
  size: { w: 3, h: 3, minW: 2, minH: 2 },
  fields: () => [
    channelsField({ minItems: 1, required: true }),
    flag('trail', 'trail', true),
    flag('show_owner', 'show_owner', false, { advanced: true }),
    flag('show_time', 'show_time', false, { advanced: true }),
    decimalsField(),
    maxAgeField(),
  ],
  start: (world) => ({ channels: ranked(world).slice(0, FIRST).map((channel) => channel.id), trail: true }),
  title: () => t('widget.values.name'),
  view: () => import('./ValuesWidget.vue'),
})
