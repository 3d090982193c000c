/** Where a value is going: only where the last ten minutes say so clearly. */
import type { Trail } from './history'

export type Trend = 'up' | 'down'

const SPAN_MS = 600_000
/** Fewer points, or a shorter stretch, say nothing. */
const LEAST_POINTS = 5
const LEAST_SPAN_MS = SPAN_MS / 2
/** The change must be more than so many steps of the display, and so many times the scatter around the line. */
const STEPS = 3
const SCATTER = 2

export function trendOf(trail: Trail, now: number, step: number): Trend | null {
  const points = trail.t.flatMap((t, i) => {
    const v = trail.v[i]
    return t >= now - SPAN_MS && v !== null && v !== undefined ? [{ x: (t - now) / SPAN_MS, v }] : []
  })
  const [first, last] = [points[0], points.at(-1)]
  if (!first || !last || points.length < LEAST_POINTS || (last.x - first.x) * SPAN_MS < LEAST_SPAN_MS) return null
  const mean = (of: (p: { x: number; v: number }) => number) => points.reduce((sum, p) => sum + of(p), 0) / points.length
  const x = mean((p) => p.x)
  const v = mean((p) => p.v)
  const slope = mean((p) => (p.x - x) * (p.v - v)) / mean((p) => (p.x - x) ** 2)
  const scatter = Math.sqrt(mean((p) => (p.v - v - slope * (p.x - x)) ** 2))
  const change = Math.abs(slope) * (last.x - first.x)
  if (change < step * STEPS || change < scatter * SCATTER) return null
  return slope > 0 ? 'up' : 'down'
}
