import { translate as t } from '@/app/i18n'
import { plainField } from '@/forms/schema'
import { defineKind } from '../kind'
import { channelsField, choiceField, flag, numberField, rangeField, RANGES } from '../parts/fields'
import { ranked } from '../parts/firsts'
import { nameOfChannel } from '../parts/names'
import { idsOf, oneOf } from '../parts/options'

export interface GraphOptions {
  channels?: number[]
  outputs?: number[]
  range?: string
  legend?: boolean
  draw?: string
  targets?: boolean
  night?: boolean
  marks?: boolean
  min?: number
  max?: number
}
export const DRAWS = ['line', 'area', 'bars'] as const
const FIRST = 2
const MOST_NAMED = 3

export default defineKind<GraphOptions>({
  id: 'graph',
  group: 'graphs',
  icon: 'i-lucide-chart-spline',
  size: { w: 6, h: 4, minW: 3, minH: 3 },
  fields: () => [
    channelsField({ minItems: 1, maxItems: 12, required: true }),
    rangeField('24h'),
    plainField({ name: 'outputs', kind: 'list', title: t('widgets.field.outputs'), help: t('widgets.field.lanes_help'), maxItems: 8, item: plainField({ name: '', kind: 'output', title: t('widgets.field.output'), required: true }) }),
    choiceField('draw', DRAWS),
    flag('targets', 'targets', true, { help: t('widgets.field.targets_help') }),
    flag('marks', 'marks', true, { help: t('widgets.field.marks_help') }),
    flag('night', 'night', true, { advanced: true }),
    flag('legend', 'legend', false, { advanced: true }),
    numberField('min', 'axis_min', { advanced: true, help: t('widgets.field.axis_help') }),
    numberField('max', 'axis_max', { advanced: true }),
  ],
  start: (world) => {
    const [first] = ranked(world)
    const channels = ranked(world).filter((channel) => channel.owner === first?.owner).slice(0, FIRST)
    return { channels: channels.map((channel) => channel.id), range: '24h' }
  },
  title: ({ channels, range }, world) => {
    const names = idsOf(channels).flatMap((id) => {
      const channel = world.channels.find((one) => one.id === id)
      return channel ? [nameOfChannel(channel)] : []
    })
    const some = [...new Set(names)].slice(0, MOST_NAMED).join(', ')
    return some ? `${some}, ${t(`widgets.range.${oneOf(range, RANGES, '24h')}`)}` : ''
  },
  view: () => import('./GraphWidget.vue'),
})
