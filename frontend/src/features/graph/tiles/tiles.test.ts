import { describe, expect, it, vi } from 'vitest'
import type { Series } from '@/api/types'
import { levelFor, pointsFor, spanOf, TILE, WIDTHS, widthOf } from './levels'
import { Loader, type Ask } from './loader'
import { needOf, TileStore, type Need } from './store'
import { addReading, toTiles } from './tile'
import { joined } from '../series'

const YEAR = 365 * 86_400_000
const MIN = 60_000

describe('levels of zoom', () => {
  it.each([10 * YEAR, YEAR, 86_400_000, 3_600_000, MIN])('give a span of %i ms enough points and not too many', (span) => {
    const points = span / widthOf(levelFor(span, 1100))
    expect(points).toBeLessThanOrEqual(1100 * 1.4 + 1)
    expect(points).toBeGreaterThan(400)
  })
  it('step by no more than three, and are whole ten minutes above twenty', () => {
    for (const [i, width] of WIDTHS.entries()) {
      if (i) expect(width / (WIDTHS[i - 1] ?? width)).toBeLessThanOrEqual(3)
      if (width >= 20 * MIN) expect(width % (10 * MIN)).toBe(0)
    }
  })
  it('ask for one point more where the server would round up', () => {
    // As in the server's draw.go: the width it makes of a span and a number of points.
    const served = (span: number, points: number) => {
      const width = Math.floor((span - 1) / points) + 1
      if (width < 20 * MIN) return width
      return Math.ceil((Math.floor((span - 1) / (points - 1)) + 1) / (10 * MIN)) * 10 * MIN
    }
    for (const [level, width] of WIDTHS.entries()) for (const tiles of [1, 3, 8]) expect(served(spanOf(level) * tiles, pointsFor(level, tiles))).toBe(width)
  })
})

const level = WIDTHS.indexOf(10_000)
const span = spanOf(level)
const buckets = (from: number, to: number, width = 10_000): Series => {
  const t = Array.from({ length: (to - from) / width }, (_, i) => from + i * width)
  return { channel: 1, unit: 'C', raw: false, t, mean: t.map((x) => x / 1000), min: t.map(() => 0), max: t.map(() => 9), count: t.map(() => 10) }
}
const tilesAt = (at: number, index: number) => toTiles(buckets(index * spanOf(at), (index + 1) * spanOf(at), widthOf(at)), index * spanOf(at), spanOf(at), 1, widthOf(at), Date.now())[0]!

describe('tiles', () => {
  it('are cut where they begin', () => {
    const tiles = toTiles(buckets(0, span * 3), 0, span, 3, 10_000, 0)
    expect(tiles.map((tile) => [tile.t.length, tile.t[0]])).toEqual([[TILE, 0], [TILE, span], [TILE, 2 * span]])
  })
  it('take a reading of now into its bucket, and no older one', () => {
    const tile = toTiles(buckets(0, 20_000), 0, span, 1, 10_000, 0)[0]!
    expect(addReading(tile, 12_000, 32)).toBe(true)
    expect(tile.mean[1]).toBe(12)
    expect(addReading(tile, 9000, 1)).toBe(false)
    expect(addReading(tile, 35_000, 7)).toBe(true)
    expect(tile.t.at(-1)).toBe(30_000)
  })
  it('are bounded in number, the least used go first', () => {
    const store = new TileStore(3)
    for (const index of [0, 1, 2]) store.put(1, level, tilesAt(level, index))
    store.get(1, level, 0)
    store.put(1, level, tilesAt(level, 3))
    expect([0, 1, 2, 3].map((index) => store.get(1, level, index) !== undefined)).toEqual([true, false, true, true])
  })
  it('that are missing are drawn from a coarser level, without holes or overlap', () => {
    const store = new TileStore()
    const coarse = level + 1
    store.put(1, coarse, tilesAt(coarse, 0))
    store.put(1, level, tilesAt(level, 1))
    const { t } = joined(1, 'C', store.pieces(1, level, 0, 2), 0)
    expect(t.every((x, i) => i === 0 || x > t[i - 1]!)).toBe(true)
    expect(t.filter((x) => x >= span && x < 2 * span)).toHaveLength(TILE)
    expect(t[1]! - t[0]!).toBe(widthOf(coarse))
    expect(t.at(-1)).toBeGreaterThan(2 * span)
  })
})

describe('fetching', () => {
  const settle = () => new Promise((resolve) => setTimeout(resolve))
  const make = () => {
    const store = new TileStore()
    const asks: (Ask & { signal: AbortSignal })[] = []
    const pending: (() => void)[] = []
    const fetch = vi.fn((ask: Ask, signal: AbortSignal) => {
      asks.push({ ...ask, signal })
      return new Promise<Series[]>((resolve) => pending.push(() => resolve(ask.channel.map((channel) => ({ ...buckets(ask.from, ask.to), channel })))))
    })
    const answer = async () => {
      pending.splice(0).forEach((done) => done())
      await settle()
    }
    return { store, asks, answer, loader: new Loader(store, fetch, { change: vi.fn(), error: vi.fn(), busy: vi.fn() }) }
  }
  const need = (first: number, last: number): Need => ({ level, first, last, ends: 1e9 })

  it('asks once for neighbours, then for what lies beside', async () => {
    const { asks, answer, loader } = make()
    loader.want([1, 2], need(10, 12))
    loader.want([1, 2], need(10, 12))
    expect(asks.map(({ channel, from, to }) => [channel, from / span, to / span])).toEqual([[[1, 2], 10, 13]])
    await answer()
    expect(loader.want([1, 2], need(10, 12))).toBe(false)
    expect(asks.slice(1).map(({ from }) => from / span)).toEqual([9, 13])
  })
  it('asks only for the channel that is new', async () => {
    const { asks, answer, loader } = make()
    loader.want([1], need(0, 0))
    await answer()
    loader.want([1, 2], need(0, 0))
    expect(asks.at(-1)?.channel).toEqual([2])
  })
  it('calls off what is out of sight', () => {
    const { asks, loader } = make()
    loader.want([1], need(0, 1))
    loader.want([1], need(100, 101))
    expect(asks.map(({ signal }) => signal.aborted)).toEqual([true, false])
  })
  it('asks for nothing of the future', () => {
    const { asks, loader } = make()
    loader.want([1], { ...need(5, 9), ends: 6 })
    expect(asks.map(({ from, to }) => [from / span, to / span])).toEqual([[5, 7]])
  })
  it('knows what a view needs', () => {
    const at = needOf(0, 86_400_000, 1100, 86_400_000)
    expect(at.last - at.first).toBeLessThanOrEqual(3)
  })
})
