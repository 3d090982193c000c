import { translate as t } from '@/app/i18n'
import { defineKind } from '../kind'
import { channelField, choiceField, decimalsField, flag, maxAgeField, numberField, targetField, textField, unitOf } from '../parts/fields'
import { compact, firstChannel, firstTarget } from '../parts/firsts'
import { channelTitle } from '../parts/names'
import { targetOf } from '../parts/options'

export const WATCHES = ['output', 'channel'] as const

export interface IndicatorOptions {
  watch?: string
  channel?: number
  target?: { output: number; channel: number }
  threshold?: number
  invert?: boolean
  on_word?: string
  off_word?: string
  show_value?: boolean
  decimals?: number
  max_age_s?: number
}
const ofChannel = { when: { field: 'watch', in: ['channel'] } }

export default defineKind<IndicatorOptions>({
  id: 'indicator',
  group: 'state',
  icon: 'i-lucide-circle-dot',
  size: { w: 2, h: 1, minW: 1, minH: 1 },
  fields: () => [
    choiceField('watch', WATCHES, { required: true }),
    targetField({ when: { field: 'watch', in: ['output'] } }),
    channelField(ofChannel),
    numberField('threshold', 'threshold', { ...ofChannel, initial: 0, help: t('widgets.field.threshold_help'), unitOf }),
    flag('invert', 'invert', false, { help: t('widgets.field.invert_help') }),
    textField('on_word', 'on_word', { advanced: true, placeholder: t('common.on'), maxLength: 24 }),
    textField('off_word', 'off_word', { advanced: true, placeholder: t('common.off'), maxLength: 24 }),
    flag('show_value', 'show_value', true, { ...ofChannel, advanced: true }),
    decimalsField(),
    maxAgeField(),
  ],
  start: (world) => {
    const target = firstTarget(world)
    return target ? { watch: 'output', target } : compact({ watch: 'channel', channel: firstChannel(world), threshold: 0 })
  },
  title: (options, world) => {
    if (options.watch === 'channel') return channelTitle(options.channel, world)
    return world.outputs.find((output) => output.id === targetOf(options.target)?.output)?.name ?? ''
  },
  view: () => import('./IndicatorWidget.vue'),
})
