import { defineKind } from '../kind'
import { flag, functionField } from '../parts/fields'
import { compact } from '../parts/firsts'
import { idOf } from '../parts/options'

export interface FunctionOptions {
  function?: number
  facts?: boolean
  control?: boolean
}

export default defineKind<FunctionOptions>({
  id: 'function',
  group: 'control',
  icon: 'i-lucide-workflow',
  size: { w: 3, h: 3, minW: 2, minH: 2 },
  fields: () => [functionField(), flag('facts', 'facts', true), flag('control', 'activate', true)],
  start: ({ functions }) => compact({ function: (functions.find((f) => f.kind !== 'pid') ?? functions[0])?.id, facts: true, control: true }),
  title: (options, { functions }) => functions.find((f) => f.id === idOf(options.function))?.name ?? '',
  view: () => import('./FunctionWidget.vue'),
})
