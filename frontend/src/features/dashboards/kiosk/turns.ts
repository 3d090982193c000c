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

const MOST_ROW_PX = 110
const LEAST_ZOOM = 0.55
/** Fills a height: few rows grow, of many everything becomes smaller, but not unreadably so; the rest is scrolled to. */
export function fit(rows: number, height: number, { row, gap }: { row: number; gap: number }): { row: number; zoom: number } {
  const needed = rows * row + Math.max(0, rows - 1) * gap
  if (rows <= 0 || height <= 0) return { row, zoom: 1 }
  if (needed > height) return { row, zoom: Math.max(LEAST_ZOOM, Math.floor((height / needed) * 100) / 100) }
  return { row: Math.max(row, Math.min(MOST_ROW_PX, Math.floor((height + gap) / rows) - gap)), zoom: 1 }
}
