import { computed } from 'vue'
import type { HyphaFunction } from '@/api/types'
import { useKinds } from '@/features/inputs/queries'
import { useOutputs } from '@/features/outputs/queries'
import { live } from '@/live'
import { drivenLines, usesOf } from './uses'

/** What a function is made of, by its kind: the outputs it names or drives, and the channels it reads. */
export function useDriven(f: () => HyphaFunction) {
  const { data: kinds } = useKinds('function')
  const { data: outputs } = useOutputs()
  const kind = computed(() => kinds.value?.find((one) => one.id === f().kind))
  const lines = computed(() =>
    drivenLines(f(), kind.value, outputs.value ?? [], ({ output, channel }) => (live.output(output.id, channel.index).value ?? channel.state).by),
  )
  const channels = computed(() => usesOf(kind.value, f().options).channels)
  return { kind, lines, channels }
}
