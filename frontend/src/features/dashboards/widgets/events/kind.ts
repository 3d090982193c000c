import { translate as t } from '@/app/i18n'
import { plainField } from '@/forms/schema'
import { defineKind } from '../kind'
import { integerField } from '../parts/fields'

export const TYPES = ['all', 'controller', 'output', 'alert', 'audit', 'system'] as const
export const USUAL_EVENTS = 30

export interface EventsOptions {
  type?: string
  count?: number
}

export default defineKind<EventsOptions>({
  id: 'events',
  group: 'state',
  icon: 'i-lucide-git-commit-vertical',
  size: { w: 4, h: 4, minW: 2, minH: 2 },
  fields: () => [
    plainField({ name: 'type', kind: 'choice', title: t('widgets.field.event_type'), initial: 'all', choices: TYPES.map((value) => ({ value, label: value === 'all' ? t('common.all') : t(`events.type.${value}`) })) }),
    integerField('count', 'event_count', { min: 1, max: 200, initial: USUAL_EVENTS, advanced: true }),
  ],
  start: () => ({ type: 'all', count: USUAL_EVENTS }),
  title: () => t('nav.events'),
  view: () => import('./EventsWidget.vue'),
})
