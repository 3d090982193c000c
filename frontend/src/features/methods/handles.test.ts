import { describe, expect, it } from 'vitest'
import { axisOf, clockOf, dateOf, dateSeconds, secondsOf, ticksOf } from './axis'
import { template, type Definition } from './definition'
import { addPoint, handlesOf, moveHandle, removePoint } from './handles'

const NOW = new Date(2026, 2, 10, 15).getTime()
const by = (def: Definition, key: string) => {
  const handle = handlesOf(def, axisOf(def, NOW)).find((h) => h.key === key)
  if (!handle) throw new Error(`no handle ${key}`)
  return handle
}

describe('times', () => {
  it('reads the times of a day, and nothing else', () => {
    expect(secondsOf('06:30')).toBe(23_400)
    expect(secondsOf('06:30:15')).toBe(23_415)
    expect(['24:00', '6:7', '', '12:61', undefined].map(secondsOf)).toEqual([null, null, null, null, null])
    expect([clockOf(23_400), clockOf(23_415), clockOf(-5), clockOf(90_000)]).toEqual(['06:30', '06:30:15', '00:00', '23:59:59'])
  })
  it('reads dates of the local calendar', () => {
    expect(dateOf(dateSeconds('2026-03-01') ?? 0)).toBe('2026-03-01')
    expect(dateOf(dateSeconds('2026-03-01 06:30') ?? 0)).toBe('2026-03-01 06:30')
    expect(dateSeconds('soon')).toBeNull()
    expect(dateSeconds('2026-03-01T06:30:00Z')).toBe(Date.UTC(2026, 2, 1, 6, 30) / 1000)
  })
  it('puts few round marks under each kind of axis', () => {
    for (const kind of ['daily', 'duration', 'date'] as const) {
      const ticks = ticksOf(axisOf(template(kind, NOW), NOW), 9)
      expect(ticks.length).toBeGreaterThan(2)
      expect(ticks.length).toBeLessThan(11)
    }
  })
})

describe('points of a day', () => {
  const def = template('daily', NOW)
  it('moves in time and value, between its neighbours', () => {
    expect(moveHandle(def, by(def, 'points[1]'), 36_000, 25).points?.[1]).toEqual({ at: '10:00', value: 25, to_next: 'step' })
    // 06:00 stands before it, 19:00 after it.
    expect(moveHandle(def, by(def, 'points[1]'), 0, 25).points?.[1]?.at).toBe('06:05')
    expect(moveHandle(def, by(def, 'points[1]'), 86_000, 25).points?.[1]?.at).toBe('18:55')
  })
  it('adds in order with the shape of where it lies, once', () => {
    const more = addPoint(def, 25_200, 20)
    expect(more.points?.map((p) => p.at)).toEqual(['06:00', '07:00', '09:00', '19:00', '22:00'])
    expect(more.points?.[1]?.to_next).toBe('linear')
    expect(addPoint(more, 25_200, 22)).toBe(more)
  })
  it('keeps the last point', () => {
    let one = def
    for (let i = 0; i < 6; i++) one = removePoint(one, 'points[0]')
    expect(one.points).toHaveLength(1)
  })
  it('leaves a point out whose numbers are not written yet', () => {
    const half = { ...def, points: [{ at: '0', value: 1, to_next: 'step' as const }, ...(def.points ?? [])] }
    expect(handlesOf(half, axisOf(half, NOW)).map((h) => h.key)).toEqual(['points[1]', 'points[2]', 'points[3]', 'points[4]'])
  })
})

describe('steps of a duration', () => {
  const def = template('duration', NOW)
  it('has one point where two steps meet', () => {
    expect(handlesOf(def, axisOf(def, NOW)).map((h) => [h.key, h.x, h.y])).toEqual([
      ['steps[0].from', 0, 18],
      ['steps[0].to', 7200, 24],
      ['steps[1].to', 21_600, 24],
      ['steps[2].to', 28_800, 18],
    ])
  })
  it('moves both steps that meet', () => {
    const moved = moveHandle(def, by(def, 'steps[0].to'), 3600, 26)
    expect(moved.steps?.[0]).toMatchObject({ duration_s: 3600, to: 26 })
    expect(moved.steps?.[1]?.from).toBe(26)
  })
  it('lifts a level step by its end, with both neighbours', () => {
    const moved = moveHandle(def, by(def, 'steps[1].to'), 21_600, 27)
    expect(moved.steps?.map((leg) => [leg.from, leg.to])).toEqual([[18, 27], [27, undefined], [27, 18]])
  })
  it('splits and joins without changing the whole length', () => {
    const total = (d: Definition) => (d.steps ?? []).reduce((sum, leg) => sum + leg.duration_s, 0)
    const more = addPoint(def, 3600, 20)
    expect(more.steps).toHaveLength(4)
    expect(total(more)).toBe(total(def))
    const back = removePoint(more, 'steps[0].to')
    expect(back.steps?.[0]).toMatchObject({ duration_s: 7200, from: 18, to: 24 })
  })
})

it('bends a curve between its ends', () => {
  const def = template('bezier', NOW)
  expect(moveHandle(def, by(def, 'curve[1]'), 0, 30).curve?.[1]).toEqual({ at: '06:00', value: 30 })
  expect(moveHandle(def, by(def, 'curve[0]'), 80_000, 18).curve?.[0]?.at).toBe('10:00')
})

it('lifts a wave by its middle and widens it by its top', () => {
  const def = template('sine', NOW)
  expect(moveHandle(def, by(def, 'mean'), 0, 22).mean).toBe(22)
  expect(moveHandle(def, by(def, 'peak_at'), 43_200, 26)).toMatchObject({ peak_at: '12:00', amplitude: 5 })
  expect(moveHandle(def, by(def, 'peak_at'), 43_200, 10).amplitude).toBe(0)
})
