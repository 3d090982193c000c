import { defineKind } from '../kind'
import { bandFields, channelField, choiceField, decimalsField, maxAgeField } from '../parts/fields'
import { compact, firstOf, firstChannel } from '../parts/firsts'
import { channelTitle } from '../parts/names'
import { scaleFields } from '../parts/scaleFields'
import type { ReadingOptions } from '../parts/useReading'

export const LIES = ['fit', 'across', 'upright'] as const

export interface LinearOptions extends ReadingOptions {
  min?: number
  max?: number
  stops?: unknown
  lie?: string
}

export default defineKind<LinearOptions>({
  id: 'linear',
  group: 'values',
  icon: 'i-lucide-thermometer',
  size: { w: 3, h: 2, minW: 1, minH: 2 },
  fields: () => [channelField(), ...scaleFields(), choiceField('lie', LIES), ...bandFields(), decimalsField(), maxAgeField()],
  start: (world) => compact({ channel: firstOf(world, ['temperature'])?.id ?? firstChannel(world) }),
  title: ({ channel }, world) => channelTitle(channel, world),
  view: () => import('./LinearWidget.vue'),
})
