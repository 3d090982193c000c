import { computed, type Ref } from 'vue'
import { useFunctions } from '@/features/functions/queries'
import { useZones } from '@/features/zones/queries'

export interface Band {
  low: number | null
  high: number | null
}

/** What channels should keep to: the band of their zone, or of what switches by them; and the channels that hold the set-points which moved meanwhile. */
export function useTargets(channels: Ref<number[]>) {
  const { data: zones } = useZones()
  const { data: functions } = useFunctions()
  const bands = computed(() => {
    const found = new Map<number, Band>()
    for (const f of functions.value ?? []) {
      const { channel, setpoint, band } = f.options as { channel?: unknown; setpoint?: unknown; band?: unknown }
      if (typeof channel === 'number' && typeof setpoint === 'number' && typeof band === 'number') found.set(channel, { low: setpoint - band / 2, high: setpoint + band / 2 })
    }
    // What a person wants of the place says more than how a switch gets there.
    for (const { channel, min, max } of (zones.value ?? []).flatMap((zone) => zone.targets)) found.set(channel, { low: min ?? null, high: max ?? null })
    return found
  })
  /** Set-point channels by the channel they are the set-point of. */
  const setpoints = computed(() => {
    const found = new Map<number, number>()
    for (const f of functions.value ?? []) {
      const { channel } = f.options as { channel?: unknown }
      const own = f.channels.find((one) => one.name === 'setpoint')
      if (own && typeof channel === 'number' && channels.value.includes(channel) && !channels.value.includes(own.id)) found.set(channel, own.id)
    }
    return found
  })
  return { bands, setpoints }
}
