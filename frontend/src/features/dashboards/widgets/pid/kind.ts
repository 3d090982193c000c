import { translate as t } from '@/app/i18n'
import { defineKind } from '../kind'
import { flag, functionField } from '../parts/fields'
import { compact } from '../parts/firsts'
import { idOf } from '../parts/options'

export interface PidOptions {
  function?: number
  terms?: boolean
  modes?: boolean
}

export default defineKind<PidOptions>({
  id: 'pid',
  group: 'control',
  icon: 'i-lucide-target',
  size: { w: 4, h: 5, minW: 3, minH: 2 },
  fields: () => [functionField({ help: t('widgets.field.pid_help') }), flag('terms', 'terms', true), flag('modes', 'modes', true)],
  start: ({ functions }) => compact({ function: functions.find((f) => f.kind === 'pid')?.id, terms: true, modes: true }),
  title: (options, { functions }) => functions.find((f) => f.id === idOf(options.function))?.name ?? '',
  view: () => import('./PidWidget.vue'),
})
