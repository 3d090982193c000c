import { describe, expect, it } from 'vitest'
import { appendReading, readAt, steadyRange, toGraphSeries, toPanes } from './series'

const raw = (t: number[], v: number[], q?: string[]) => toGraphSeries({ channel: 1, unit: 'C', raw: true, t, v, q }, 1000)
const buckets = (t: number[], mean: number[]) =>
  toGraphSeries({ channel: 1, unit: 'C', raw: false, t, mean, min: mean.map((m) => m - 1), max: mean.map((m) => m + 1), count: mean.map(() => 10) }, 1000)

describe('gaps', () => {
  it('are holes, not lines', () => {
    const s = raw([0, 1000, 2000, 60_000, 61_000], [1, 2, 3, 4, 5])
    expect(s.mean).toEqual([1, 2, 3, null, 4, 5])
    expect(s.t[3]).toBeGreaterThan(2000)
    expect(s.t[3]).toBeLessThan(60_000)
  })
  it('are none where a sensor only speaks slowly', () => expect(toGraphSeries({ channel: 1, unit: 'C', raw: true, t: [0, 1000, 30_000], v: [1, 2, 3] }, 30_000).mean).toEqual([1, 2, 3]))
  it('are what was measured but not to be believed', () => expect(raw([0, 1000, 2000], [1, 85, 3], ['good', 'rejected', 'good']).mean).toEqual([1, null, 3]))
  it('between buckets are missing buckets', () => expect(buckets([0, 60_000, 120_000, 600_000], [1, 2, 3, 4]).mean).toEqual([1, 2, 3, null, 4]))
})

describe('the live tail', () => {
  it('adds readings to readings', () => {
    const s = raw([0, 1000], [1, 2])
    expect(appendReading(s, 2000, 3)).toBe(true)
    expect(appendReading(s, 1500, 9)).toBe(false)
    expect(s.mean).toEqual([1, 2, 3])
  })
  it('grows the last bucket, then starts the next', () => {
    const s = buckets([0, 60_000], [20, 20])
    appendReading(s, 61_000, 31)
    expect([s.mean[1], s.min[1], s.max[1]]).toEqual([21, 19, 31])
    appendReading(s, 125_000, 25)
    expect([s.t[2], s.mean[2]]).toEqual([120_000, 25])
  })
})

describe('the legend', () => {
  const s = raw([0, 1000, 2000, 60_000], [1, 2, 3, 4])
  it('reads the nearest reading', () => expect(readAt(s, 1600)?.mean).toBe(3))
  it('reads nothing in a gap', () => expect(readAt(s, 30_000)?.mean ?? null).toBeNull())
  it('reads nothing before the first', () => expect(readAt(s, -60_000)).toBeNull())
})

it('pairs units into panes', () =>
  expect(toPanes([{ id: 1, unit: 'C' }, { id: 2, unit: 'percent' }, { id: 3, unit: 'C' }, { id: 4, unit: 'ppm' }])).toEqual([
    { units: ['C', 'percent'], channels: [1, 2, 3] },
    { units: ['ppm'], channels: [4] },
  ]))

describe('a steady axis', () => {
  const first = steadyRange(null, 20, 30)
  it('stays when the curve stays inside', () => expect(steadyRange(first, 21, 29)).toBe(first))
  it('grows at once', () => expect(steadyRange(first, 20, 40)[1]).toBeGreaterThan(40))
  it('shrinks only when little of it is used', () => {
    expect(steadyRange(first, 22, 28.5)).toBe(first)
    expect(steadyRange(first, 24, 25)).not.toBe(first)
  })
  it('has a height even for a flat line', () => {
    const [low, high] = steadyRange(null, 20, 20)
    expect(high).toBeGreaterThan(low)
  })
})
