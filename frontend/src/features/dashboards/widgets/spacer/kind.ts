import { translate as t } from '@/app/i18n'
import { defineKind } from '../kind'
import { flag, textField } from '../parts/fields'

export interface SpacerOptions {
  heading?: string
  line?: boolean
}

export default defineKind<SpacerOptions>({
  id: 'spacer',
  group: 'words',
  icon: 'i-lucide-separator-horizontal',
  bare: true,
  size: { w: 12, h: 1, minW: 1, minH: 1 },
  fields: () => [textField('heading', 'heading', { maxLength: 80, help: t('widgets.field.heading_help') }), flag('line', 'line', true)],
  start: () => ({ heading: '', line: true }),
  title: () => '',
  view: () => import('./SpacerWidget.vue'),
})
