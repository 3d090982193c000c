import { translate as t } from '@/app/i18n'
import { defineKind } from '../kind'
import { choiceField, flag } from '../parts/fields'

export const SHOWN = ['complaining', 'all'] as const

export interface AlertsOptions {
  alerts?: string
  acknowledge?: boolean
}

export default defineKind<AlertsOptions>({
  id: 'alerts',
  group: 'state',
  icon: 'i-lucide-bell',
  size: { w: 4, h: 3, minW: 2, minH: 2 },
  fields: () => [choiceField('alerts', SHOWN), flag('acknowledge', 'acknowledge', true)],
  start: () => ({ alerts: 'all', acknowledge: true }),
  title: () => t('nav.alerts'),
  view: () => import('./AlertsWidget.vue'),
})
