import { translate as t } from '@/app/i18n'
import { plainField } from '@/forms/schema'
import { defineKind } from '../kind'
import { flag } from '../parts/fields'
import { idOf } from '../parts/options'

export interface StatusOptions {
  inputs?: boolean
  outputs?: boolean
  functions?: boolean
  zone?: number
  trouble_only?: boolean
}

export default defineKind<StatusOptions>({
  id: 'status',
  group: 'state',
  icon: 'i-lucide-list-checks',
  size: { w: 4, h: 4, minW: 2, minH: 2 },
  fields: ({ zones }) => [
    flag('inputs', 'inputs', true),
    flag('outputs', 'outputs', true),
    flag('functions', 'functions', true),
    plainField({ name: 'zone', kind: 'choice', title: t('widgets.field.zone'), initial: 0, choices: [{ value: 0, label: t('widgets.everywhere') }, ...zones.map((zone) => ({ value: zone.id, label: zone.name }))] }),
    flag('trouble_only', 'trouble_only', false, { help: t('widgets.field.trouble_only_help') }),
  ],
  start: () => ({ inputs: true, outputs: true, functions: true, zone: 0, trouble_only: false }),
  title: (options, { zones }) => {
    const zone = zones.find((one) => one.id === idOf(options.zone))
    return zone ? t('widgets.status_of', { name: zone.name }) : t('widget.status.name')
  },
  view: () => import('./StatusWidget.vue'),
})
