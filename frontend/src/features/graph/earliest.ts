import { api, unwrap } from '@/api/client'

const POINTS = 100
const MOST_LOOKS = 6
const LEAST_MS = 1000
const YOUNGEST = 60_000
/** Near enough: an edge this share of the span beside the first reading is not seen. */
const NEAR = 0.02

/** How far back the history of these channels reaches, in ms before now: each look is a hundred times finer than the last. */
export async function spanOfAll(channel: number[], now = Date.now()): Promise<number> {
  let from = 0
  let error = Infinity
  for (let look = 0; look < MOST_LOOKS && error > Math.max(LEAST_MS, (now - from) * NEAR); look++) {
    const query = { channel, from: String(Math.floor(from)), to: String(now), points: POINTS }
    const { series } = unwrap(await api.GET('/readings', { params: { query } }))
    const first = Math.min(...series.map((s) => s.t[0] ?? Infinity))
    if (!Number.isFinite(first)) return YOUNGEST // nothing is kept yet: what comes is all there is
    error = (now - from) / POINTS
    from = Math.max(from, first)
    if (series.every((s) => s.raw)) break
  }
  return Math.max(YOUNGEST, now - from)
}
