import { afterEach, describe, expect, it, vi } from 'vitest'
import { api } from '@/api/client'
import { spanOfAll } from './earliest'

const NOW = 1_900_000_000_000

/** A server whose history begins at `first`, one reading a second, and which answers in buckets like the real one. */
function serve(first: number) {
  return vi.spyOn(api, 'GET').mockImplementation(((_path: string, { params }: { params: { query: { from: string; points: number } } }) => {
    const from = Number(params.query.from)
    const width = (NOW - from) / params.query.points
    const raw = (NOW - Math.max(from, first)) / 1000 <= params.query.points
    const t = first > NOW ? [] : [raw ? Math.max(first, from) : from + Math.floor(Math.max(0, first - from) / width) * width]
    return Promise.resolve({ data: { series: [{ channel: 1, unit: 'C', raw, t, v: t.map(() => 1) }] }, response: { ok: true } })
  }) as never)
}
afterEach(() => vi.restoreAllMocks())

describe('how far back the history reaches', () => {
  it.each([20 * 60_000, 3_600_000, 86_400_000, 40 * 86_400_000])('%i ms is found within two hundredths', async (span) => {
    serve(NOW - span)
    const found = await spanOfAll([1], NOW)
    expect(found).toBeGreaterThanOrEqual(span)
    expect(found).toBeLessThan(span * 1.03)
  })
  it('asks few times', async () => {
    const asked = serve(NOW - 86_400_000)
    await spanOfAll([1], NOW)
    expect(asked.mock.calls.length).toBeLessThanOrEqual(5)
  })
  it('is a minute where nothing is kept yet', async () => {
    serve(Infinity)
    expect(await spanOfAll([1], NOW)).toBe(60_000)
  })
})
