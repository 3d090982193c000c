/** Times as a field of type datetime-local has them, in the zone in which times are shown, to the second. */
import { displayZone, zoneOffset } from '@/format/zone'

export const toLocal = (ms: number): string => new Date(ms + zoneOffset(ms, displayZone())).toISOString().slice(0, 19)

/** Null for what is no time. */
export function fromLocal(text: string): number | null {
  const local = /^\d{4}-\d\d-\d\dT\d\d:\d\d/.test(text) ? Date.parse(`${text}Z`) : NaN
  if (!Number.isFinite(local)) return null
  const zone = displayZone()
  // The offset of that moment, which is only known near it.
  return local - zoneOffset(local - zoneOffset(local, zone), zone)
}
