import { computed } from 'vue'
import { calls } from '@/features/alerts/looks'
import { useAlerts } from '@/features/alerts/queries'
import { useFunctions } from '@/features/functions/queries'
import { useAttention } from '@/features/inputs/useAttention'
import { useInputs } from '@/features/inputs/queries'
import { useOutputs } from '@/features/outputs/queries'

/** The numbers beside the navigation. */
export function useCounts() {
  const { data: inputs } = useInputs()
  const { data: outputs } = useOutputs()
  const { data: functions } = useFunctions()
  const { data: alerts } = useAlerts()
  const { needy } = useAttention()
  return computed(() => ({
    inputs: inputs.value?.length ?? 0,
    outputs: outputs.value?.length ?? 0,
    functions: functions.value?.length ?? 0,
    need: needy.value.length,
    calls: (alerts.value ?? []).filter(calls).length,
  }))
}
