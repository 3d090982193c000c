import { api, unwrap } from '@/api/client'

const COARSE = 100
const MOST_LOOKS = 5
const FINE_MS = 60_000

/** How far back the history of these channels reaches, in ms before now: each look is a hundred times finer than the last. */
export async function spanOfAll(channel: number[]): Promise<number> {
  const now = Date.now()
  let from = 0
  for (let look = 0; look < MOST_LOOKS && (now - from) / COARSE > FINE_MS; look++) {
    const query = { channel, from: String(from), to: String(now), points: COARSE }
    const { series } = unwrap(await api.GET('/readings', { params: { query } }))
    const first = Math.min(...series.map((s) => s.t[0] ?? Infinity))
    if (!Number.isFinite(first)) break
    from = Math.max(from, first)
    if (series.every((s) => s.raw)) break
  }
  return Math.max(60_000, now - from)
}
