import { defineKind } from '../kind'
import { bandFields, channelField, decimalsField, flag, maxAgeField } from '../parts/fields'
import { compact, firstChannel } from '../parts/firsts'
import { channelTitle } from '../parts/names'
import type { ReadingOptions } from '../parts/useReading'

export interface ValueOptions extends ReadingOptions {
  trail?: boolean
  band?: boolean
  show_owner?: boolean
  show_unit?: boolean
  show_time?: boolean
}

export default defineKind<ValueOptions>({
  id: 'value',
  group: 'values',
  icon: 'i-lucide-hash',
  size: { w: 3, h: 2, minW: 2, minH: 2 },
  fields: () => [
    channelField(),
    flag('trail', 'trail', true),
    flag('band', 'band', true),
    flag('show_owner', 'show_owner', true, { advanced: true }),
    flag('show_unit', 'show_unit', true, { advanced: true }),
    flag('show_time', 'show_time', false, { advanced: true }),
    ...bandFields(),
    decimalsField(),
    maxAgeField(),
  ],
  start: (world) => compact({ channel: firstChannel(world), trail: true, band: true }),
  title: ({ channel }, world) => channelTitle(channel, world),
  view: () => import('./ValueWidget.vue'),
})
