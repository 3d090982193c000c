import { computed } from 'vue'
import type { Zone } from '@/api/types'
import { useChannels } from '@/features/channels/queries'
import { useInputs } from '@/features/inputs/queries'
import { useOutputs } from '@/features/outputs/queries'
import { zoneViews, type ZoneView } from '@/features/overview/zones'
import { useZones } from './queries'

export type OneZone = ZoneView & { zone: Zone }

/** The zones with all that belongs to them. */
export function useZoneViews() {
  const zones = useZones()
  const channels = useChannels()
  const inputs = useInputs()
  const outputs = useOutputs()
  const all = [zones, channels, inputs, outputs]
  return {
    zones: computed(() => zones.data.value ?? []),
    inputs: computed(() => inputs.data.value ?? []),
    outputs: computed(() => outputs.data.value ?? []),
    views: computed(() =>
      zoneViews(zones.data.value ?? [], channels.data.value ?? [], outputs.data.value ?? [], inputs.data.value ?? []).filter((view): view is OneZone => view.zone !== null),
    ),
    ready: computed(() => all.every((query) => query.data.value)),
    error: computed(() => all.find((query) => query.error.value && !query.data.value)?.error.value),
    reload: () => all.forEach((query) => void query.refetch()),
  }
}
