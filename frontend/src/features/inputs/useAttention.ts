import { computed } from 'vue'
import type { Input, Status } from '@/api/types'
import { live } from '@/live'
import { useInputs } from './queries'
import { faceOf, urgencyOf, type Face } from './state'

export interface Attended {
  input: Input
  status: Status
  face: Face
}

/** Every input with its state of this moment. */
export function attend(input: Input): Attended {
  const status = live.status(`input/${input.id}`).value ?? input.status
  const qualities = input.channels.map((channel) => live.quality(channel.id).value)
  const face = input.enabled ? faceOf(status, qualities) : 'inactive'
  // How old the newest value is, not how long ago it arrived: readings may be sent late.
  const newest = Math.max(...input.channels.map((channel) => live.sample(channel.id).value?.t ?? -Infinity))
  if (face !== 'stale' || !Number.isFinite(newest)) return { input, status, face }
  return { input, status: { ...status, last_reading_at: new Date(newest).toISOString() }, face }
}

/** The inputs that need a person, most urgent first. */
export function useAttention() {
  const { data } = useInputs()
  const attended = computed(() => (data.value ?? []).map(attend))
  const needy = computed(() =>
    attended.value.filter((a) => urgencyOf(a.face) > 0).sort((a, b) => urgencyOf(b.face) - urgencyOf(a.face)),
  )
  return { attended, needy }
}
