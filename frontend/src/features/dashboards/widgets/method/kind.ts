import { translate as t } from '@/app/i18n'
import { defineKind } from '../kind'
import { channelField, flag } from '../parts/fields'
import { compact } from '../parts/firsts'
import { idOf } from '../parts/options'
import { plainField } from '@/forms/schema'

export interface MethodOptions {
  method?: number
  channel?: number
  now_line?: boolean
}

/** The method that some function follows already; with the channel that it leads. */
const followed = (functions: { options: Record<string, unknown> }[]) => functions.find((f) => idOf(f.options.method) !== undefined)?.options

export default defineKind<MethodOptions>({
  id: 'method',
  group: 'graphs',
  icon: 'i-lucide-cloud-sun',
  size: { w: 4, h: 3, minW: 2, minH: 2 },
  fields: () => [
    plainField({ name: 'method', kind: 'method', title: t('widgets.field.method'), required: true, min: 1 }),
    channelField({ required: false, min: 0, help: t('widgets.field.method_channel_help') }),
    flag('now_line', 'now_line', true, { advanced: true }),
  ],
  start: ({ functions }) => {
    const options = followed(functions)
    return compact({ method: idOf(options?.method), channel: idOf(options?.channel), now_line: true })
  },
  title: () => t('widget.method.name'),
  view: () => import('./MethodWidget.vue'),
})
