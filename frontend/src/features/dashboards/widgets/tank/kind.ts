import { defineKind } from '../kind'
import { channelField, choiceField, decimalsField, maxAgeField, numberField } from '../parts/fields'
import { compact, firstOf } from '../parts/firsts'
import { channelTitle } from '../parts/names'
import { translate as t } from '@/app/i18n'

export const SHAPES = ['tank', 'carboy', 'reservoir', 'pot'] as const
export type Shape = (typeof SHAPES)[number]

export interface TankOptions {
  shape?: string
  level?: number
  empty?: number
  full?: number
  low?: number
  high?: number
  temperature?: number
  decimals?: number
  max_age_s?: number
}

const ofLevel = { field: 'level', delta: false }

export default defineKind<TankOptions>({
  id: 'tank',
  group: 'pictures',
  icon: 'i-lucide-beaker',
  size: { w: 2, h: 3, minW: 1, minH: 2 },
  fields: () => [
    choiceField('shape', SHAPES),
    channelField({ name: 'level', title: t('widgets.field.level') }),
    numberField('empty', 'empty', { help: t('widgets.field.empty_help'), unitOf: ofLevel }),
    numberField('full', 'full', { unitOf: ofLevel }),
    channelField({ name: 'temperature', title: t('widgets.field.temperature'), required: false, min: 0 }),
    numberField('low', 'low', { advanced: true, help: t('widgets.field.band_help'), unitOf: ofLevel }),
    numberField('high', 'high', { advanced: true, unitOf: ofLevel }),
    decimalsField(),
    maxAgeField(),
  ],
  start: (world) => {
    const level = firstOf(world, ['level', 'volume', 'moisture', 'length', 'distance', 'humidity', 'percentage'])
    const pot = level?.quantity === 'moisture'
    const warm = world.channels.find((channel) => channel.owner === level?.owner && channel.quantity === 'temperature')
    return compact({ shape: pot ? 'pot' : 'tank', level: level?.id, temperature: warm?.id })
  },
  title: ({ level }, world) => channelTitle(level, world),
  view: () => import('./TankWidget.vue'),
})
