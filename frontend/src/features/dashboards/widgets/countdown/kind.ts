import { translate as t } from '@/app/i18n'
import { defineKind } from '../kind'
import { choiceField, functionField, targetField, textField } from '../parts/fields'
import { idOf, oneOf, targetOf, textOf } from '../parts/options'

export const UNTIL = ['time', 'output', 'function'] as const

export interface CountdownOptions {
  until?: string
  time?: string
  label?: string
  target?: { output: number; channel: number }
  function?: number
}

/** Tomorrow at noon: something that is surely ahead. */
function tomorrow(): string {
  const date = new Date()
  date.setDate(date.getDate() + 1)
  const two = (n: number) => String(n).padStart(2, '0')
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} 12:00`
}

export default defineKind<CountdownOptions>({
  id: 'countdown',
  group: 'state',
  icon: 'i-lucide-timer',
  size: { w: 3, h: 2, minW: 2, minH: 2 },
  fields: () => [
    choiceField('until', UNTIL, { required: true }),
    textField('time', 'time', { required: true, help: t('widgets.field.time_help'), placeholder: tomorrow(), when: { field: 'until', in: ['time'] } }),
    targetField({ when: { field: 'until', in: ['output'] } }),
    functionField({ help: t('widgets.field.firing_help'), when: { field: 'until', in: ['function'] } }),
    textField('label', 'label', { maxLength: 60, placeholder: t('widgets.label_example') }),
  ],
  start: () => ({ until: 'time', time: tomorrow() }),
  title: (options, { outputs, functions }) => {
    const until = oneOf(options.until, UNTIL, 'time')
    if (until === 'output') return outputs.find((one) => one.id === targetOf(options.target)?.output)?.name ?? ''
    if (until === 'function') return functions.find((one) => one.id === idOf(options.function))?.name ?? ''
    return textOf(options.label) || t('widget.countdown.name')
  },
  view: () => import('./CountdownWidget.vue'),
})
