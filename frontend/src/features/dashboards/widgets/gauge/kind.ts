import { defineKind } from '../kind'
import { bandFields, channelField, decimalsField, maxAgeField } from '../parts/fields'
import { compact, firstOf, firstChannel } from '../parts/firsts'
import { channelTitle } from '../parts/names'
import { scaleFields } from '../parts/scaleFields'
import type { ReadingOptions } from '../parts/useReading'

export interface GaugeOptions extends ReadingOptions {
  min?: number
  max?: number
  stops?: unknown
}

export default defineKind<GaugeOptions>({
  id: 'gauge',
  group: 'values',
  icon: 'i-lucide-gauge',
  size: { w: 2, h: 3, minW: 2, minH: 2 },
  fields: () => [channelField(), ...scaleFields(), ...bandFields(), decimalsField(), maxAgeField()],
  start: (world) => compact({ channel: firstOf(world, ['humidity', 'moisture'])?.id ?? firstChannel(world) }),
  title: ({ channel }, world) => channelTitle(channel, world),
  view: () => import('./GaugeWidget.vue'),
})
