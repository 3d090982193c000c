import { translate as t } from '@/app/i18n'
import { plainField } from '@/forms/schema'
import { defineKind } from '../kind'

export interface TextOptions {
  text?: string
}

export default defineKind<TextOptions>({
  id: 'text',
  group: 'words',
  icon: 'i-lucide-text',
  size: { w: 3, h: 3, minW: 1, minH: 1 },
  fields: () => [plainField({ name: 'text', kind: 'multiline', title: t('widgets.field.text'), help: t('widgets.field.text_help'), maxLength: 20000 })],
  start: () => ({ text: t('widgets.text_example') }),
  title: () => '',
  view: () => import('./TextWidget.vue'),
})
