import { afterEach, beforeAll, describe, expect, it } from 'vitest'
import { loadWords } from '@/app/i18n'
import type { Series } from '@/api/types'
import { siteZone } from '@/format/zone'
import { weighted } from './buckets'
import { dayStart, hourOf, hourStart, momentOn } from './days'
import { idsOf, targetOf } from './options'
import { readingState } from './readingState'
import { niceAbove, scaleOf, stopsOf, stretches, toneAt } from './scale'

beforeAll(() => loadWords(['widgets']))
afterEach(() => (siteZone.value = ''))
const NOW = 1_700_000_000_000
const read = (v: number, quality = 'good', age = 0) => ({ v, quality, t: NOW - age })

describe('how a reading is', () => {
  const band = { min: 22, max: 26 }
  it.each([
    ['no value', null, band, Infinity, 'No value yet', true],
    ['an old value', read(24, 'stale', 180_000), band, Infinity, '3 min old', true],
    ['one older than the tile allows', read(24, 'good', 90_000), band, 60_000, '1 min old', true],
    ['one within that age', read(24, 'good', 59_000), band, 60_000, 'In band', false],
    ['a rejected value', read(24, 'rejected'), band, Infinity, 'Rejected', true],
    ['a low value', read(21), band, Infinity, 'Too low', false],
    ['a high value', read(26.1), band, Infinity, 'Too high', false],
    ['a value on the edge', read(26), band, Infinity, 'In band', false],
  ])('%s', (_, reading, limits, age, words, old) => expect(readingState(reading, limits, NOW, age)).toMatchObject({ words, old }))
  it('says nothing about a good value without a band', () => expect(readingState(read(24), null, NOW)).toBeNull())
  it('does not judge an old value by its band', () => expect(readingState(read(90, 'stale', 90_000), band, NOW)).toMatchObject({ out: false, tone: 'off' }))
})

describe('a scale', () => {
  it('puts the band into its middle', () => {
    const scale = scaleOf({}, { min: 22, max: 26 }, 'C', 24)
    expect([scale.min, scale.max, scale.at(24)]).toEqual([19, 29, 0.5])
  })
  it('runs from 0 to 100 for per cent', () => expect(scaleOf({}, { min: 60, max: 75 }, 'percent', 61)).toMatchObject({ min: 0, max: 100 }))
  it('keeps the ends that somebody set', () => expect(scaleOf({ min: -5, max: 5 }, { min: 0, max: 1 }, 'C', 3)).toMatchObject({ min: -5, max: 5 }))
  it('finds round ends around a value without a band', () => expect(scaleOf({}, null, 'ppm', 700)).toMatchObject({ min: 0, max: 1000 }))
  it('reaches below zero for what is below', () => expect(scaleOf({}, null, 'C', -4).min).toBeLessThanOrEqual(-5))
  it('keeps what lies outside at its ends', () => expect([-9, 99].map(scaleOf({ min: 0, max: 10 }, null, '', 1).at)).toEqual([0, 1]))
  it('is never without length', () => expect(scaleOf({ min: 5, max: 5 }, null, '', 5).max).toBeGreaterThan(5))
  it.each([[0.7, 1], [1.2, 2], [700, 1000], [21, 25], [0, 1], [NaN, 1]])('rounds %s up to %s', (value, nice) => expect(niceAbove(value)).toBe(nice))
})

describe('colours of a gauge', () => {
  const stops = stopsOf([{ from: 30, tone: 'bad' }, { from: 0, tone: 'cool' }, { from: 20, tone: 'ok' }, { from: 'x', tone: 'ok' }, { from: 3, tone: 'pink' }])
  const scale = scaleOf({ min: 0, max: 40 }, null, 'C', 20)
  it('go from one stop to the next', () => expect(stretches(stops, null, scale)).toEqual([{ from: 0, to: 0.5, tone: 'cool' }, { from: 0.5, to: 0.75, tone: 'ok' }, { from: 0.75, to: 1, tone: 'bad' }]))
  it('mark the band where there are none', () => expect(stretches([], { min: 10 }, scale)).toEqual([{ from: 0.25, to: 1, tone: 'ok' }]))
  it.each([[-1, null], [0, 'cool'], [20, 'ok'], [99, 'bad'], [null, null]])('at %s: %s', (value, tone) => expect(toneAt(stops, value)).toBe(tone))
})

describe('readings with their weight', () => {
  it('counts buckets by their readings and leaves holes out', () => {
    const series = { channel: 1, unit: 'C', raw: false, t: [1, 2, 3], mean: [4, null, 6], min: [3, null, 5], max: [5, null, 7], count: [10, 0, 2] } as unknown as Series
    expect(weighted(series)).toEqual([{ t: 1, v: 4, n: 10, min: 3, max: 5 }, { t: 3, v: 6, n: 2, min: 5, max: 7 }])
  })
  it('leaves out what is not good', () => {
    const series = { channel: 1, unit: 'C', raw: true, t: [1, 2], v: [4, 400], q: ['', 'out_of_range'] } as unknown as Series
    expect(weighted(series).map((one) => one.v)).toEqual([4])
  })
})

describe('saved options', () => {
  it('keep ids, each once', () => expect(idsOf([3, 'x', 3, 1.5, null, 2, -1])).toEqual([3, 2]))
  it('read an output with its channel', () => expect([targetOf({ output: 3 }), targetOf({ channel: 1 }), targetOf(null)]).toEqual([{ output: 3, channel: 0 }, undefined, undefined]))
})

describe('days of the place', () => {
  const berlin = (iso: string) => Date.parse(iso)
  it('begin when its clock says so', () => {
    siteZone.value = 'Europe/Berlin'
    expect(new Date(dayStart(berlin('2026-07-10T22:30:00Z'))).toISOString()).toBe('2026-07-10T22:00:00.000Z')
    expect(hourOf(berlin('2026-07-10T22:30:00Z'))).toBe(0)
    expect(momentOn(2026, 7, 11, 8, 30)).toBe(berlin('2026-07-11T06:30:00Z'))
  })
  it('have 23 and 25 hours when the clock is changed', () => {
    siteZone.value = 'Europe/Berlin'
    const length = (iso: string) => (dayStart(berlin(iso), -1) - dayStart(berlin(iso))) / 3_600_000
    expect(['2026-03-29T12:00:00Z', '2026-10-25T12:00:00Z', '2026-10-26T12:00:00Z'].map(length)).toEqual([23, 25, 24])
    // The hour that is lived through twice keeps its name.
    expect([hourOf(berlin('2026-10-25T00:30:00Z')), hourOf(berlin('2026-10-25T01:30:00Z'))]).toEqual([2, 2])
  })
  it('have hours of their own where the zone is not a whole number of them away', () => {
    siteZone.value = 'Asia/Kolkata'
    expect(new Date(hourStart(berlin('2026-07-10T10:45:00Z'))).toISOString()).toBe('2026-07-10T10:30:00.000Z')
    expect(hourOf(berlin('2026-07-10T18:30:00Z'))).toBe(0)
  })
  it('know no 31st of February', () => expect(momentOn(2026, 2, 31, 0, 0)).toBeNull())
})
