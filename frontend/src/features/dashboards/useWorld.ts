import { computed } from 'vue'
import { useAlerts } from '@/features/alerts/queries'
import { useChannels } from '@/features/channels/queries'
import { useFunctions } from '@/features/functions/queries'
import { useInputs } from '@/features/inputs/queries'
import { useOutputs } from '@/features/outputs/queries'
import { useZones } from '@/features/zones/queries'
import { useCameras } from './widgets/camera/useCamera'
import type { World } from './widgets/kind'

/** What exists, for titles, forms and templates; null until all of it is known. */
export function useWorld() {
  const [channels, zones, inputs, outputs, functions, alerts, cameras] = [useChannels(), useZones(), useInputs(), useOutputs(), useFunctions(), useAlerts(), useCameras()]
  const all = [channels, zones, inputs, outputs, functions, alerts, cameras]
  const world = computed<World | null>(() => {
    if (!channels.data.value || !zones.data.value || !inputs.data.value || !outputs.data.value || !functions.data.value || !alerts.data.value || !cameras.data.value) return null
    return { channels: channels.data.value, zones: zones.data.value, inputs: inputs.data.value, outputs: outputs.data.value, functions: functions.data.value, alerts: alerts.data.value, cameras: cameras.data.value }
  })
  const error = computed(() => all.find((query) => query.error.value && !query.data.value)?.error.value ?? null)
  const reload = () => all.forEach((query) => query.data.value || void query.refetch())
  return { world, error, reload }
}
