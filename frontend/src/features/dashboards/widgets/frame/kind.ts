import { translate as t } from '@/app/i18n'
import { defineKind } from '../kind'
import { textField } from '../parts/fields'
import { textOf } from '../parts/options'
import { addressOf } from './address'

export interface FrameOptions {
  url?: string
}

export default defineKind<FrameOptions>({
  id: 'frame',
  group: 'pictures',
  icon: 'i-lucide-app-window',
  size: { w: 6, h: 5, minW: 2, minH: 2 },
  fields: () => [textField('url', 'url', { required: true, maxLength: 2000, placeholder: t('widgets.frame.example'), help: t('widgets.field.url_help') })],
  start: () => ({ url: '' }),
  title: ({ url }) => addressOf(textOf(url), location.origin)?.host ?? t('widget.frame.name'),
  view: () => import('./FrameWidget.vue'),
})
