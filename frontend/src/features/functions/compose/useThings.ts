import { computed } from 'vue'
import { useChannelMap } from '@/features/channels/queries'
import { useCatalogueWords } from '@/features/channels/words'
import { outputChannelName } from '@/features/outputs/describe'
import { useOutputs } from '@/features/outputs/queries'
import { useFunctions } from '../queries'
import type { Target } from './rule'
import type { Callers } from './toScript'

/** The things that sentences speak of: what people call them, and what scripts do. */
export function useThings() {
  const channels = useChannelMap()
  const { data: outputs } = useOutputs()
  const { data: functions } = useFunctions()
  const { label, symbol } = useCatalogueWords()

  const only = (names: string[]) => {
    const count = new Map<string, number>()
    for (const name of names) count.set(name, (count.get(name) ?? 0) + 1)
    return (name: string, id: number) => (count.get(name) === 1 ? name : id)
  }
  const callers = computed<Callers>(() => {
    const path = (c: { owner_name: string; name: string }) => `${c.owner_name}/${c.name}`
    const channelCall = only([...channels.value.values()].map(path))
    const outputCall = only((outputs.value ?? []).map((o) => o.name))
    const functionCall = only((functions.value ?? []).map((f) => f.name))
    const called = <T extends { id: number }>(one: T | undefined, name: (one: T) => string, call: (name: string, id: number) => string | number) => (one ? call(name(one), one.id) : undefined)
    return {
      channel: (id) => called(channels.value.get(id), path, channelCall),
      output: (id) => called(outputs.value?.find((o) => o.id === id), (o) => o.name, outputCall),
      function: (id) => called(functions.value?.find((f) => f.id === id), (f) => f.name, functionCall),
    }
  })
  const ready = computed(() => channels.value.size > 0 && !!outputs.value && !!functions.value)
  const channelName = (id: number | undefined) => {
    const c = channels.value.get(id ?? 0)
    return c ? `${c.owner_name}, ${label(c)}` : ''
  }
  const unitOf = (id: number | undefined) => symbol(channels.value.get(id ?? 0)?.unit ?? '')
  const lineOf = (target: Target | undefined) => {
    const output = outputs.value?.find((o) => o.id === target?.output)
    const channel = output?.channels.find((c) => c.index === (target?.channel ?? 0))
    return output && channel ? { output, channel, key: `${output.id}/${channel.index}` } : undefined
  }
  const outputName = (target: Target | undefined) => {
    const line = lineOf(target)
    return line ? outputChannelName(line.output, line.channel) : ''
  }
  const functionName = (id: number | undefined) => functions.value?.find((f) => f.id === id)?.name ?? ''
  return { callers, ready, channelName, unitOf, lineOf, outputName, functionName }
}
