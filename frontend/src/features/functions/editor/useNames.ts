import { computed } from 'vue'
import { useChannels } from '@/features/channels/queries'
import { useCatalogueWords } from '@/features/channels/words'
import { useInputs } from '@/features/inputs/queries'
import { useOutputs } from '@/features/outputs/queries'
import { useFunctions } from '../queries'
import type { Names } from './completion'

/** What scripts can name here, as they write it: a channel behind its owner. */
export function useNames() {
  const { data: channels } = useChannels()
  const { data: outputs } = useOutputs()
  const { data: functions } = useFunctions()
  const { data: inputs } = useInputs()
  const { symbol } = useCatalogueWords()
  return computed<Names>(() => ({
    channels: (channels.value ?? []).map((c) => ({ name: `${c.owner_name}/${c.name}`, detail: symbol(c.unit) })),
    outputs: (outputs.value ?? []).map((o) => ({ name: o.name })),
    functions: (functions.value ?? []).map((f) => ({ name: f.name })),
    inputs: (inputs.value ?? []).map((i) => ({ name: i.name })),
  }))
}
