import { translate as t } from '@/app/i18n'
import { plainField } from '@/forms/schema'
import { defineKind } from '../kind'
import { flag } from '../parts/fields'
import { compact } from '../parts/firsts'
import { idOf } from '../parts/options'

export interface ZoneOptions {
  zone?: number
  outputs?: boolean
}

export default defineKind<ZoneOptions>({
  id: 'zone',
  group: 'state',
  icon: 'i-lucide-box',
  size: { w: 4, h: 5, minW: 3, minH: 2 },
  fields: ({ zones }) => [
    plainField({ name: 'zone', kind: 'choice', title: t('widgets.field.zone'), required: true, choices: zones.map((zone) => ({ value: zone.id, label: zone.name })) }),
    flag('outputs', 'outputs', true),
  ],
  start: ({ zones }) => compact({ zone: zones[0]?.id, outputs: true }),
  title: (options, { zones }) => zones.find((zone) => zone.id === idOf(options.zone))?.name ?? '',
  view: () => import('./ZoneWidget.vue'),
})
