import { computed, type ComputedRef } from 'vue'
import type { OutputState } from '@/api/types'
import { useFunctionName } from '@/features/functions/queries'
import { useNow } from '@/format/now'
import { live } from '@/live'
import { describeOutput, type OutputLine, type OutputWords } from './describe'

/** The newest state of an output channel, and its words. */
export function useOutputState(line: () => OutputLine): { state: ComputedRef<OutputState>; words: ComputedRef<OutputWords> } {
  const now = useNow()
  const functionName = useFunctionName()
  const state = computed<OutputState>(() => live.output(line().output.id, line().channel.index).value ?? line().channel.state)
  const words = computed(() => describeOutput(state.value, now.value, functionName))
  return { state, words }
}
