import { computed, type ComputedRef } from 'vue'
import type { OutputState } from '@/api/types'
import { linesOf, type OutputLine } from '@/features/outputs/describe'
import { useOutputs } from '@/features/outputs/queries'
import { live } from '@/live'
import { targetOf } from './options'

/** The output channel that a tile is about, and its newest state. */
export function useOutputLine(target: () => unknown): {
  status: ComputedRef<'unset' | 'gone' | 'loading' | 'ready'>
  line: ComputedRef<OutputLine | undefined>
  state: ComputedRef<OutputState | undefined>
} {
  const { data } = useOutputs()
  const wanted = computed(() => targetOf(target()))
  const line = computed(() => {
    const key = `${wanted.value?.output}/${wanted.value?.channel}`
    return linesOf(data.value?.filter((output) => output.id === wanted.value?.output) ?? []).find((one) => one.key === key)
  })
  const status = computed(() => {
    if (!wanted.value) return 'unset'
    if (line.value) return 'ready'
    return data.value ? 'gone' : 'loading'
  })
  const state = computed(() => line.value && (live.output(line.value.output.id, line.value.channel.index).value ?? line.value.channel.state))
  return { status, line, state }
}
