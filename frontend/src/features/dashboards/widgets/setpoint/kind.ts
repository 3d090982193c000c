import { translate as t } from '@/app/i18n'
import { defineKind } from '../kind'
import { functionField, numberField } from '../parts/fields'
import { compact } from '../parts/firsts'
import { idOf } from '../parts/options'

export interface SetpointOptions {
  function?: number
  step?: number
}

export default defineKind<SetpointOptions>({
  id: 'setpoint',
  group: 'control',
  icon: 'i-lucide-crosshair',
  size: { w: 3, h: 2, minW: 2, minH: 2 },
  fields: () => [functionField({ help: t('widgets.field.pid_help') }), numberField('step', 'step', { above: 0, help: t('widgets.field.step_help') })],
  start: ({ functions }) => compact({ function: functions.find((f) => f.kind === 'pid')?.id }),
  title: (options, { functions }) => {
    const f = functions.find((one) => one.id === idOf(options.function))
    return f ? t('widgets.setpoint_of', { name: f.name }) : ''
  },
  view: () => import('./SetpointWidget.vue'),
})
