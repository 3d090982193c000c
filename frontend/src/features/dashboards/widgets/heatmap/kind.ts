import { translate as t } from '@/app/i18n'
import { defineKind } from '../kind'
import { channelField, choiceField, integerField, numberField, unitOf } from '../parts/fields'
import { compact, firstChannel } from '../parts/firsts'
import { channelTitle } from '../parts/names'
import { numberOf } from '../parts/options'

export const STATS = ['mean', 'min', 'max'] as const
export const USUAL_DAYS = 7
export const MOST_DAYS = 31

export interface HeatmapOptions {
  channel?: number
  days?: number
  stat?: string
  min?: number
  max?: number
  decimals?: number
}

export default defineKind<HeatmapOptions>({
  id: 'heatmap',
  group: 'graphs',
  icon: 'i-lucide-grid-3x3',
  size: { w: 5, h: 3, minW: 3, minH: 2 },
  fields: () => [
    channelField(),
    integerField('days', 'days', { min: 2, max: MOST_DAYS, initial: USUAL_DAYS }),
    choiceField('stat', STATS),
    numberField('min', 'min', { advanced: true, help: t('widgets.field.colour_help'), unitOf }),
    numberField('max', 'max', { advanced: true, unitOf }),
  ],
  start: (world) => compact({ channel: firstChannel(world), days: USUAL_DAYS, stat: 'mean' }),
  title: ({ channel, days }, world) => {
    const name = channelTitle(channel, world)
    return name ? t('widgets.by_hour', { name, n: numberOf(days) ?? USUAL_DAYS }) : ''
  },
  view: () => import('./HeatmapWidget.vue'),
})
