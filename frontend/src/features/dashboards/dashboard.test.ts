import { beforeAll, describe, expect, it } from 'vitest'
import { loadWords } from '@/app/i18n'
import { firstDashboard, moved, readDashboard, sameDashboard } from './layout'
import { tileState } from './tileState'

beforeAll(() => loadWords(['dashboards']))
const channel = (id: number, zone: number | null = null, owner = `input/${id}`) => ({ id, zone, owner })

describe('a dashboard nobody has touched', () => {
  it('shows the zones first, in each the targets, then the rest', () => {
    const channels = [channel(1), channel(2, 7), channel(3, 7), channel(4, 8), channel(5)]
    const zones = [{ id: 7, targets: [{ channel: 3, min: 1 }] }, { id: 8, targets: [] }]
    expect(firstDashboard(channels, zones).tiles).toEqual([3, 2, 4, 1, 5])
  })
  it('shows twelve values at most', () => expect(firstDashboard(Array.from({ length: 30 }, (_, i) => channel(i + 1)), []).tiles).toHaveLength(12))
  it('shows a value once, and none whose channel is gone', () => {
    const zones = [{ id: 7, targets: [{ channel: 1 }, { channel: 99 }] }, { id: 8, targets: [{ channel: 1 }] }]
    expect(firstDashboard([channel(1, 7)], zones).tiles).toEqual([1])
  })
  it('draws up to three curves of the input of the first tile', () => {
    const channels = [channel(1, null, 'input/1'), ...[2, 3, 4, 5].map((id) => channel(id, 7, 'input/2'))]
    expect(firstDashboard(channels, [{ id: 7, targets: [] }]).graph).toEqual([2, 3, 4])
  })
  it('is empty without channels', () => expect(firstDashboard([], [])).toEqual({ tiles: [], graph: [], range: '24h' }))
})

describe('a saved dashboard', () => {
  it.each([[undefined], [null], ['x'], [{}], [{ tiles: 'all' }]])('%j is none', (saved) => expect(readDashboard(saved)).toBeNull())
  it('keeps what is usable, each value once', () =>
    expect(readDashboard({ tiles: [3, 'x', 3, 1.5, null, 2], graph: 'no', range: 'soon' })).toEqual({ tiles: [3, 2], graph: [], range: '24h' }))
  it('may be empty on purpose', () => expect(readDashboard({ tiles: [], graph: [], range: '1h' })).toEqual({ tiles: [], graph: [], range: '1h' }))
  it('is compared by what it holds', () => {
    const one = { tiles: [1, 2], graph: [], range: '1h' as const }
    expect(sameDashboard(one, { ...one, tiles: [1, 2] })).toBe(true)
    expect(sameDashboard(one, { ...one, tiles: [2, 1] })).toBe(false)
  })
})

describe('moving a tile', () => {
  it.each([
    [0, 1, [2, 1, 3]],
    [2, -1, [1, 3, 2]],
    [0, -1, [1, 2, 3]],
    [2, 1, [1, 2, 3]],
    [-1, 1, [1, 2, 3]],
  ])('from place %i by %i', (at, by, order) => expect(moved([1, 2, 3], at, by)).toEqual(order))
  it('leaves the given list alone', () => {
    const list = [1, 2]
    moved(list, 0, 1)
    expect(list).toEqual([1, 2])
  })
})

describe('how a tile is', () => {
  const NOW = 1_700_000_000_000
  const read = (v: number, quality = 'good', age = 0) => ({ v, quality, t: NOW - age })
  const target = { channel: 1, min: 22, max: 26 }
  it.each([
    ['no value', null, target, 'No value yet', 'off'],
    ['an old value', read(24, 'stale', 180_000), target, '3 min old', 'off'],
    ['a value that has just grown old', read(24, 'stale', 9000), null, 'Stale', 'off'],
    ['a rejected value', read(24, 'rejected'), target, 'Rejected', 'warn'],
    ['an impossible value', read(400, 'out_of_range'), target, 'Out of range', 'warn'],
    ['a low value', read(21), target, 'Too low', 'bad'],
    ['a high value', read(27), target, 'Too high', 'bad'],
    ['a substituted value in band', read(24, 'substituted'), target, 'In band', 'ok'],
  ])('%s', (_, reading, aim, words, tone) => expect(tileState(reading, aim, NOW)).toMatchObject({ words, tone }))
  it('says nothing of a good value without a target', () => expect(tileState(read(24), null, NOW)).toBeNull())
  it('does not call an old value out of band', () => expect(tileState(read(10, 'stale', 60_000), target, NOW)).toMatchObject({ out: false, old: true }))
})
