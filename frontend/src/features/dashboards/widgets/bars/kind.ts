import { translate as t } from '@/app/i18n'
import { defineKind } from '../kind'
import { channelField, choiceField, decimalsField, integerField } from '../parts/fields'
import { compact, firstOf, firstChannel } from '../parts/firsts'
import { channelTitle } from '../parts/names'
import { oneOf } from '../parts/options'

export const EACH = ['day', 'hour'] as const
/** What a bar stands for; `change` is how much a counter went on, `total` the sum of all readings. */
export const BAR_STATS = ['mean', 'min', 'max', 'change', 'total'] as const
export const USUAL_BARS = 7

export interface BarsOptions {
  channel?: number
  each?: string
  bar?: string
  count?: number
  decimals?: number
}

export default defineKind<BarsOptions>({
  id: 'bars',
  group: 'graphs',
  icon: 'i-lucide-chart-no-axes-column',
  size: { w: 3, h: 3, minW: 2, minH: 2 },
  fields: () => [channelField(), choiceField('each', EACH), choiceField('bar', BAR_STATS, { help: t('widgets.field.bar_help') }), integerField('count', 'count', { min: 2, max: 60, initial: USUAL_BARS }), decimalsField()],
  start: (world) => {
    const counter = firstOf(world, ['volume', 'energy', 'rain'])
    return compact({ channel: counter?.id ?? firstChannel(world), each: 'day', bar: counter ? 'change' : 'mean', count: USUAL_BARS })
  },
  title: ({ channel, each }, world) => {
    const name = channelTitle(channel, world)
    return name ? t(`widgets.a_${oneOf(each, EACH, 'day')}`, { name }) : ''
  },
  view: () => import('./BarsWidget.vue'),
})
