import { api, unwrap } from '@/api/client'

const COARSE = 100

/** How far back the history of these channels reaches, in ms before now; two looks, the second finer. */
export async function spanOfAll(channel: number[]): Promise<number> {
  const now = Date.now()
  let from = 0
  for (let look = 0; look < 2; look++) {
    const { series } = unwrap(await api.GET('/readings', { params: { query: { channel, from: String(from), to: String(now), points: COARSE } } }))
    const first = Math.min(...series.map((s) => s.t[0] ?? Infinity))
    if (!Number.isFinite(first)) break
    from = Math.max(from, first)
  }
  return Math.max(60_000, now - from)
}
