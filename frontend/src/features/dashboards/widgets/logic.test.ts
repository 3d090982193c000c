import { beforeAll, describe, expect, it } from 'vitest'
import { loadWords } from '@/app/i18n'
import { slotsOf } from './bars/slots'
import { momentOf } from './countdown/moment'
import { foldRuns } from './events/runs'
import { factsOf } from './function/facts'
import { arcPath, pointAt } from './gauge/arc'
import { extent, foldHours } from './heatmap/cells'
import { histogramOf } from './histogram/bins'
import { lit } from './indicator/lamp'
import { lanePath } from './lanes/lanePath'
import { areaOf, valueAt } from './method/curve'
import type { Weighted } from './parts/buckets'
import { addressOf, verdictOf } from './frame/address'
import { moved, pictureOf, pinsOf, spots } from './plan/pins'
import { stepped, usualStep } from './setpoint/stepping'
import { fillOf } from './tank/vessel'

beforeAll(() => loadWords(['functions', 'widgets']))
const at = (day: number, hour: number, minute = 0) => new Date(2026, 2, day, hour, minute).getTime()
const one = (t: number, v: number, n = 1): Weighted => ({ t, v, n, min: v - 1, max: v + 1 })

describe('a heat map', () => {
  const days = foldHours([one(at(11, 5), 10, 3), one(at(11, 5, 30), 20), one(at(12, 23), 7), one(at(9, 5), 99)], 2, at(12, 14), 'mean')
  it('folds readings into hours by their weight', () => expect(days[0]?.hours[5]).toBe(12.5))
  it('ends with today', () => expect(days.map((day) => day.start)).toEqual([at(11, 0), at(12, 0)]))
  it('leaves hours without readings empty', () => expect(days[0]?.hours[6]).toBeNull())
  it('knows its ends', () => expect(extent(days)).toEqual({ min: 7, max: 12.5 }))
  it('has none when nothing was measured', () => expect(extent(foldHours([], 3, at(12, 14), 'mean'))).toBeNull())
  it('shows the least and the greatest', () => expect(['min', 'max'].map((stat) => foldHours([one(at(12, 1), 5), one(at(12, 1, 5), 8)], 1, at(12, 3), stat as 'min')[0]?.hours[1])).toEqual([4, 9]))
})

describe('a histogram', () => {
  const found = histogramOf([one(1, 20, 2), one(2, 21), one(3, 22, 1)], 4, { min: 20.5, max: 30 })
  it('counts every reading once', () => expect(found?.bins.reduce((sum, bin) => sum + bin.share, 0)).toBeCloseTo(1))
  it('has round bins', () => expect(found?.bins.map((bin) => bin.from)).toEqual([20, 20.5, 21, 21.5, 22]))
  it('knows the mean and how much lies inside', () => expect(found).toMatchObject({ mean: 20.75, inside: 0.5, count: 4 }))
  it('is none of nothing', () => expect(histogramOf([], 10, null)).toBeNull())
  it('stands a value that never moves', () => expect(histogramOf([one(1, 5, 9)], 10, null)?.bins.some((bin) => bin.share === 1)).toBe(true))
})

describe('bars', () => {
  it('one a day, the present last', () => expect(slotsOf([one(at(11, 3), 4), one(at(12, 3), 6)], 'day', 3, at(12, 9), 'mean').map((slot) => slot.value)).toEqual([null, 4, 6]))
  it('say how much a counter went on, from the day before', () => {
    const counter = [one(at(10, 23), 100), one(at(11, 8), 103), one(at(11, 20), 107), one(at(12, 8), 2)]
    expect(slotsOf(counter, 'day', 2, at(12, 9), 'change').map((slot) => slot.value)).toEqual([7, 2])
  })
  it('say nothing of a counter that was seen once', () => expect(slotsOf([one(at(12, 8), 50)], 'day', 1, at(12, 9), 'change')[0]?.value).toBeNull())
  it('one an hour', () => expect(slotsOf([one(at(12, 7, 10), 4), one(at(12, 8, 59), 6)], 'hour', 2, at(12, 8, 59), 'max').map((slot) => slot.value)).toEqual([5, 7]))
})

it.each([
  [5, 0, false, true],
  [0, 0, false, false],
  [0, 0, true, true],
  [null, 0, true, null],
])('a lamp at %s over %s, turned round: %s, is lit: %s', (value, threshold, invert, expected) => expect(lit(value, threshold, invert)).toBe(expected))

describe('an arc', () => {
  it('begins left below and ends right below', () => {
    expect(pointAt(0).x).toBeLessThan(60)
    expect(pointAt(1).x).toBeGreaterThan(60)
    expect(pointAt(0).y).toBeCloseTo(pointAt(1).y)
  })
  it('takes the long way only where it is long', () => expect([arcPath(0, 1), arcPath(0, 0.5)].map((path) => /0 ([01]) 1/.exec(path)?.[1])).toEqual(['1', '0']))
  it('is nothing without length', () => expect(arcPath(0.4, 0.4)).toBe(''))
})

describe('a lane', () => {
  const piece = { from: 0, to: 10, level: { on: true }, share: 1 }
  it('is drawn to scale', () => expect(lanePath([piece], 0, 100, 200, 18)).toBe('M0.0 18V0.0H20.0V18Z'))
  it('keeps what was short visible', () => expect(lanePath([{ ...piece, to: 0.01 }], 0, 100, 200, 18)).toContain('H1.5'))
  it('leaves rest empty', () => expect(lanePath([{ ...piece, share: 0 }], 0, 100, 200, 18)).toBe(''))
})

describe('a plan', () => {
  const points = [{ t: 0, v: 18 }, { t: 10, v: 24 }, { t: 20, v: null }, { t: 30, v: 20 }]
  it.each([[5, 18], [10, 24], [25, null], [99, 20], [-1, null]])('at %s is %s', (t, v) => expect(valueAt(points, t)).toBe(v))
  it('has a hole where nothing is planned', () => expect(areaOf(points, 0, 40, 100, 50, null).line.match(/M/g)).toHaveLength(2))
  it('makes room for the present', () => expect(areaOf(points, 0, 40, 100, 50, 40).now).toBeLessThan(10))
})

describe('steps of a set-point', () => {
  it.each([[24.1, 0.1, 1, 24.2], [0.3, 0.1, -1, 0.2], [24, 0.5, -1, 23.5], [100, 5, 1, 105]])('%s by %s, %s times: %s', (from, step, by, to) => expect(stepped(from, step, by)).toBe(to))
  it.each([[1, 0.5], [0, 5], [2, 0.05]])('with %s decimals: %s', (decimals, step) => expect(usualStep(decimals)).toBe(step))
})

describe('a vessel', () => {
  it.each([[50, 0, 100, 0.5], [120, 0, 100, 1], [30, 80, 10, 5 / 7], [90, 80, 10, 0], [null, 0, 100, null], [5, 3, 3, null]])('with %s between %s and %s holds %s', (value, empty, full, share) => {
    const fill = fillOf(value, empty, full)
    if (share === null) expect(fill).toBeNull()
    else expect(fill).toBeCloseTo(share)
  })
})

describe('a moment', () => {
  it('in this place', () => expect(momentOf('2026-03-12 08:30')).toBe(at(12, 8, 30)))
  it('is a whole day without a time', () => expect(momentOf(' 2026-03-12 ')).toBe(at(12, 0)))
  it('of everywhere', () => expect(momentOf('2026-03-12T08:30:00Z')).toBe(Date.UTC(2026, 2, 12, 8, 30)))
  it.each(['', 'soon', '2026-02-31', '2026-03-12 25:00', '12.03.2026'])('is none: %j', (text) => expect(momentOf(text)).toBeNull())
})

it('folds what an output did over and over', () => {
  const event = (id: number, source: string, type = 'output', user = 'function/1') => ({ id, source, type, user, t: '', message: '', data: {} })
  const runs = foldRuns([event(9, 'output/1'), event(8, 'output/1', 'output', 'timer'), event(7, 'output/1', 'output', 'user:maya'), event(6, 'alert/2', 'alert'), event(5, 'alert/2', 'alert'), event(4, 'output/2')])
  expect(runs.map(({ event: { id }, more }) => [id, more])).toEqual([[9, 1], [7, 0], [6, 0], [5, 0], [4, 0]])
})

describe('facts of a function', () => {
  const now = Date.UTC(2026, 2, 12, 9)
  const facts = (state: unknown) => factsOf({ state }, now).map((fact) => [fact.label, fact.text])
  it('are numbers, words and moments', () => expect(facts({ fired: 3, next_at: '2026-03-12T08:59:00Z', left_out: false })).toEqual([['Times fired', '3'], ['Next time', '1 min ago'], ['Left out', 'no']]))
  it('leave out what is nested or none', () => expect(facts({ gains: { kp: 1 }, reason: '', list: [1], x: null })).toEqual([]))
  it('stand a state of another shape', () => expect(facts('odd')).toEqual([]))
})

describe('values on a picture', () => {
  it('stand clear of each other when nobody has put them anywhere', () => expect(spots([1, 2, 3, 4]).map(({ x, y }) => [x, y])).toEqual([[25, 25], [75, 25], [25, 75], [75, 75]]))
  it('keep their place, inside of the picture', () => expect(pinsOf([{ channel: 2, x: 10, y: 120 }, { x: 3 }, 'odd', { channel: 5 }])).toMatchObject([{ channel: 2, x: 10, y: 100 }, { channel: 5 }]))
  it('are moved one at a time', () => expect(moved(pinsOf([{ channel: 2, x: 10, y: 10 }, { channel: 3, x: 1, y: 1 }]), 1, 55.55, -4)).toEqual([{ channel: 2, x: 10, y: 10 }, { channel: 3, x: 55.6, y: 0 }]))
  it.each([['a1b2', '/api/v1/files/a1b2'], ['../../x', null], ['a/b', null], [3, null], ['', null]])('the picture %j is at %s', (id, at) => expect(pictureOf(id)).toBe(at))
})

describe('a page in a frame', () => {
  const own = 'http://hypha.local:8080'
  it.each([['https://a.example/x', 'https://a.example/x'], ['/api/docs', `${own}/api/docs`], ['javascript:alert(1)', undefined], ['https://u:p@a.example', undefined], ['', undefined], ['http://', undefined]])('%j is %s', (text, href) => expect(addressOf(text, own)?.href).toBe(href))
  it.each([
    [own, 'http://a.example', ['http://a.example'], 'shown'],
    [own, 'http://a.example:81', ['http://a.example'], 'unlisted'],
    [own, `${own}/x`, [], 'shown'],
    ['https://hypha.local', 'http://a.example', ['http://a.example'], 'mixed'],
  ])('inside of %s, %s with %j listed: %s', (from, to, hosts, verdict) => expect(verdictOf(new URL(to), from, hosts)).toBe(verdict))
})
