/** Days and hours of the clock that times are shown in; a day with 23 or 25 hours keeps its hours' names. */
import { displayZone, zoneOffset } from '@/format/zone'

const HOUR = 3_600_000
const DAY = 24 * HOUR

/** The zone's distance from UTC at both ends of each day of UTC: where they are the same, so is all between. */
const ends = new Map<string, [number, number]>()
const MOST = 5000

function offsetAt(at: number): number {
  const zone = displayZone()
  const day = Math.floor(at / DAY)
  const key = `${zone ?? ''}/${day}`
  let found = ends.get(key)
  if (!found) {
    if (ends.size > MOST) ends.clear()
    ends.set(key, (found = [zoneOffset(day * DAY, zone), zoneOffset((day + 1) * DAY, zone)]))
  }
  return found[0] === found[1] ? found[0] : zoneOffset(at, zone)
}

/** The moment at which the clock shows what `local` would be in UTC. The second look is for what lies near a change of the clock. */
function momentAt(local: number): number {
  const first = local - offsetAt(local)
  return local - offsetAt(first)
}

export const dayStart = (at: number, back = 0): number => momentAt((Math.floor((at + offsetAt(at)) / DAY) - back) * DAY)

/** Hours pass evenly, whatever the clock does. */
export function hourStart(at: number, back = 0): number {
  const offset = offsetAt(at)
  return Math.floor((at + offset) / HOUR) * HOUR - offset - back * HOUR
}

/** 0 to 23, as the clock shows it. */
export const hourOf = (at: number): number => Math.floor((((at + offsetAt(at)) % DAY) + DAY) / HOUR) % 24

/** A moment by its date and time on the clock; null for a day that no calendar has. */
export function momentOn(year: number, month: number, day: number, hour: number, minute: number): number | null {
  const local = Date.UTC(year, month - 1, day, hour, minute)
  const date = new Date(local)
  const real = date.getUTCMonth() === month - 1 && date.getUTCDate() === day && hour < 24 && minute < 60
  return real ? momentAt(local) : null
}
