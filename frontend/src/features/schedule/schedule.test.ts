import { describe, expect, it } from 'vitest'
import type { Schedule } from '@/api/types'
import { byZone, curveOf, entriesOf, everyOf, lanesOf } from './lanes'
import { dayOf, weekOf, zoneOf } from './week'

const at = (iso: string) => Date.parse(iso)
const HOUR = 3_600_000

describe('a week of the site', () => {
  it('begins on Monday, at midnight there', () => {
    const days = weekOf(at('2026-03-12T14:06:00Z'), 'Europe/Berlin')
    expect(days).toHaveLength(8)
    expect(days[0]).toBe(at('2026-03-08T23:00:00Z'))
    expect(dayOf(days, at('2026-03-12T14:06:00Z'))).toBe(3)
  })
  it('has a day of 23 hours when clocks are put forward, and of 25 when they are put back', () => {
    const spring = weekOf(at('2026-03-29T12:00:00Z'), 'Europe/Berlin')
    expect((spring[7] ?? 0) - (spring[6] ?? 0)).toBe(23 * HOUR)
    const autumn = weekOf(at('2026-10-25T12:00:00Z'), 'Europe/Berlin')
    expect((autumn[7] ?? 0) - (autumn[6] ?? 0)).toBe(25 * HOUR)
  })
  it('is another day there than here', () => expect(weekOf(at('2026-03-09T05:00:00Z'), 'America/Los_Angeles')[0]).toBe(at('2026-03-02T08:00:00Z')))
  it.each([['Local', undefined], ['', undefined], ['Nowhere/Atlantis', undefined], ['Europe/Berlin', 'Europe/Berlin']])('%s is the zone %s', (name, zone) => expect(zoneOf(name)).toBe(zone))
})

const from = at('2026-03-09T00:00:00Z')
const to = from + 7 * 24 * HOUR
const iso = (hours: number) => new Date(from + hours * HOUR).toISOString()
const plan: Schedule = {
  from: iso(-24), to: iso(192), timezone: 'UTC',
  outputs: [{ output: 4, channel: 0, name: 'Lamp', zone: 1, spans: [{ from: iso(-2), to: iso(2), level: { on: true }, function: 8 }, { from: iso(6), to: iso(22), level: { on: true }, function: 8 }, { from: iso(170), to: iso(180), level: { on: true }, function: 8 }] }],
  timers: [
    { function: 9, name: 'Diary', kind: 'trigger_daily', zone: null, points: [iso(12), iso(300)], more: false, drives: false },
    { function: 8, name: 'Lamp on', kind: 'trigger_daily', zone: 1, points: [iso(6)], more: false, drives: true },
  ],
  courses: [],
}

describe('the lanes', () => {
  const lanes = lanesOf(plan, from, to)
  it('has outputs and what drives none', () => expect(lanes.map((lane) => lane.key)).toEqual(['output 4.0', 'timer 9']))
  it('cuts to the week', () => expect(lanes[0]?.spans.map((s) => [s.from - from, s.to - from])).toEqual([[0, 2 * HOUR], [6 * HOUR, 22 * HOUR]]))
  it('stands in its zone', () => expect(byZone(lanes, [{ id: 1 }]).map((group) => [group.zone?.id, group.lanes.length])).toEqual([[1, 1], [undefined, 1]]))
  it('lists a day in order', () => expect(entriesOf(lanes, from, from + 24 * HOUR).map((e) => [(e.at - from) / HOUR, e.lane.name])).toEqual([[0, 'Lamp'], [6, 'Lamp'], [12, 'Diary']]))
  it('has nothing on a day without', () => expect(entriesOf(lanes, from + 48 * HOUR, from + 72 * HOUR)).toEqual([]))
})

it('tells what comes regularly once', () => {
  expect(everyOf([0, 1, 2, 3, 4].map((n) => n * 1_800_000))).toBe(1_800_000)
  expect(everyOf([0, 1_800_000])).toBeNull()
  expect(everyOf([0, 1, 2, 3].map((n) => n * 24 * HOUR))).toBeNull()
  expect(everyOf([0, 5, 3_000_000, 9_000_000])).toBeNull()
})

describe('the curve', () => {
  it('breaks where there is no set-point', () => expect(curveOf({ t: [0, 1, 2, 3], v: [10, 20, null, 10] }, 0, 4)).toEqual({ low: 10, high: 20, pieces: [[[0, 1], [0.25, 0]], [[0.75, 1]]] }))
  it('is flat in the middle', () => expect(curveOf({ t: [0, 1], v: [5, 5] }, 0, 2)?.pieces).toEqual([[[0, 0.5], [0.5, 0.5]]]))
  it('is nothing without values', () => expect(curveOf({ t: [0], v: [null] }, 0, 1)).toBeNull())
})
