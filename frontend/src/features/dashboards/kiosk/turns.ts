/** What a screen does by itself: turns, darkness, and small moves against burning in. */
import type { Kiosk, Screen } from '@/api/types'

const MINUTES = 60
const minutesOf = (clock: string): number => {
  const [hours, minutes] = clock.split(':').map(Number)
  return (hours ?? 0) * MINUTES + (minutes ?? 0)
}

/** Is it dark now? `minute` is of the day, where the screen hangs. */
export function isDim(kiosk: Pick<Kiosk, 'dim' | 'dim_from' | 'dim_to'>, sun: Screen['sun'], minute: number): boolean {
  if (kiosk.dim === 'sun') return sun !== null && sun !== undefined && !sun.up
  if (kiosk.dim !== 'times') return false
  const [from, to] = [minutesOf(kiosk.dim_from), minutesOf(kiosk.dim_to)]
  return from <= to ? minute >= from && minute < to : minute >= from || minute < to
}

/** The next of so many, before or behind, round and round. */
export const turned = (at: number, by: 1 | -1, of: number): number => (of > 0 ? (at + by + of) % of : 0)

const RING = [[0, 0], [2, 0], [4, 1], [4, 3], [2, 4], [0, 3], [-2, 4], [-4, 3], [-4, 1], [-2, 0]] as const
/** Where everything is moved to in a minute, in px: a slow ring. */
export const shiftOf = (minute: number): readonly [x: number, y: number] => RING[minute % RING.length] ?? RING[0]

const LEAST_ROW_PX = 40
const MOST_ROW_PX = 120
/** The height of a row with which all rows just fill a height; none are made unreadably low. */
export function rowToFit(rows: number, height: number, gap: number): number {
  if (rows <= 0) return MOST_ROW_PX
  return Math.max(LEAST_ROW_PX, Math.min(MOST_ROW_PX, Math.floor((height + gap) / rows) - gap))
}
