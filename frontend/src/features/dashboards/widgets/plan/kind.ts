import { translate as t } from '@/app/i18n'
import { plainField } from '@/forms/schema'
import { defineKind } from '../kind'
import { channelField, flag, numberField } from '../parts/fields'
import { ranked } from '../parts/firsts'
import { pinsOf, spots } from './pins'

export interface PlanOptions {
  /** The id of an uploaded picture. */
  picture?: string
  pins?: unknown
  names?: boolean
}
const FIRST = 4
const MOST = 40

export default defineKind<PlanOptions>({
  id: 'plan',
  group: 'pictures',
  icon: 'i-lucide-map-pinned',
  size: { w: 5, h: 4, minW: 2, minH: 2 },
  fields: () => [
    plainField({
      name: 'pins',
      kind: 'items',
      title: t('widgets.field.pins'),
      help: t('widgets.field.pins_help'),
      maxItems: MOST,
      fields: [channelField(), numberField('x', 'x', { min: 0, max: 100, suffix: '%', advanced: true }), numberField('y', 'y', { min: 0, max: 100, suffix: '%', advanced: true })],
    }),
    flag('names', 'names', true),
  ],
  start: (world) => ({ pins: spots(ranked(world).slice(0, FIRST).map((channel) => channel.id)), names: true }),
  title: ({ pins }, { zones, channels }) => {
    const zone = channels.find((channel) => channel.id === pinsOf(pins)[0]?.channel)?.zone
    return zones.find((one) => one.id === zone)?.name ?? t('widget.plan.name')
  },
  view: () => import('./PlanWidget.vue'),
})
