import { defineKind } from '../kind'
import { flag, targetField } from '../parts/fields'
import { compact, firstTarget } from '../parts/firsts'
import { targetOf } from '../parts/options'
import { outputChannelName } from '@/features/outputs/describe'

export interface OutputOptions {
  target?: { output: number; channel: number }
  control?: boolean
  timed?: boolean
  show_why?: boolean
  invert?: boolean
}

export default defineKind<OutputOptions>({
  id: 'output',
  group: 'control',
  icon: 'i-lucide-toggle-right',
  size: { w: 3, h: 2, minW: 2, minH: 2 },
  fields: () => [targetField(), flag('control', 'control', true), flag('timed', 'timed', true, { when: { field: 'control', in: [true] } }), flag('show_why', 'show_why', true, { advanced: true })],
  start: (world) => compact({ target: firstTarget(world), control: true, timed: true }),
  title: ({ target }, { outputs }) => {
    const wanted = targetOf(target)
    const output = outputs.find((one) => one.id === wanted?.output)
    const channel = output?.channels.find((one) => one.index === wanted?.channel)
    return output && channel ? outputChannelName(output, channel) : (output?.name ?? '')
  },
  view: () => import('./OutputWidget.vue'),
})
