import { defineKind } from '../kind'
import { bandFields, channelField, decimalsField, integerField, rangeField } from '../parts/fields'
import { compact, firstChannel } from '../parts/firsts'
import { channelTitle } from '../parts/names'
import type { ReadingOptions } from '../parts/useReading'

export const USUAL_BINS = 24

export interface HistogramOptions extends ReadingOptions {
  range?: string
  bins?: number
}

export default defineKind<HistogramOptions>({
  id: 'histogram',
  group: 'graphs',
  icon: 'i-lucide-chart-column',
  size: { w: 4, h: 3, minW: 2, minH: 2 },
  fields: () => [channelField(), rangeField('24h'), integerField('bins', 'bins', { min: 4, max: 80, initial: USUAL_BINS, advanced: true }), ...bandFields(), decimalsField()],
  start: (world) => compact({ channel: firstChannel(world), range: '24h', bins: USUAL_BINS }),
  title: ({ channel }, world) => channelTitle(channel, world),
  view: () => import('./HistogramWidget.vue'),
})
