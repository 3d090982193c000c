import { describe, expect, it } from 'vitest'
import type { Weighted } from '../parts/buckets'
import { change3h } from './change'
import { dewPoint, isSummer, outlookOf, seaLevel, tendencyOf, toCelsius, toHPa } from './forecast'

const HOUR = 3_600_000
const NOW = 1_700_000_000_000

it.each([[0.05, 'steady'], [-1, 'falling_slowly'], [2, 'rising'], [-4, 'falling_fast']])('%s hPa in three hours is %s', (change, word) => expect(tendencyOf(change)).toBe(word))

describe('the outlook', () => {
  it.each([
    [1045, 0, 'settled'],
    [1035, 2, 'settled'],
    [1013, -2, 'unsettled'],
    [985, -4, 'stormy'],
    [1020, 3, 'improving'],
    [965, 0, 'stormy'],
  ])('at %s hPa, %s in three hours: %s', (p, change, word) => expect(outlookOf(p, change, false)).toBe(word))
  it('never brightens with falling pressure', () => {
    const order = ['settled', 'fine', 'fair', 'improving', 'showers_later', 'showers', 'changeable', 'unsettled', 'rain', 'stormy']
    const ranks = Array.from({ length: 80 }, (_, i) => order.indexOf(outlookOf(1050 - i, -2, true) ?? ''))
    expect([...ranks].sort((a, b) => a - b)).toEqual(ranks)
  })
  it.each([300, 1200, NaN])('says nothing at %s hPa', (p) => expect(outlookOf(p, 0, true)).toBeNull())
})

it('reduces to sea level as the standard atmosphere does', () => {
  expect(seaLevel(954.6, 500, 11.75)).toBeCloseTo(1013.2, 0)
  expect(seaLevel(1000, 0)).toBe(1000)
})
it.each([[20, 50, 9.3], [25, 100, 25], [0, 80, -3]])('%s °C and %s % have their dew point at %s', (t, rh, td) => expect(dewPoint(t, rh)).toBeCloseTo(td, 0))
it.each([[20, 0], [20, 101], [90, 50]])('there is none at %s °C and %s %', (t, rh) => expect(dewPoint(t, rh)).toBeNull())
it('knows units, and no others', () => {
  expect([toHPa(101_325, 'Pa'), toHPa(1, 'C'), toCelsius(212, 'F'), toCelsius(1, 'ppm')]).toEqual([1013.25, null, 100, null])
})
it('turns the seasons round in the south', () => {
  const july = Date.UTC(2026, 6, 10)
  expect([isSummer(july, false), isSummer(july, true)]).toEqual([true, false])
})

describe('the change over three hours', () => {
  const line = (hours: number, perHour: number): Weighted[] => Array.from({ length: hours * 12 + 1 }, (_, i) => ({ t: NOW - hours * HOUR + i * 300_000, v: 1000 + ((i * 5) / 60) * perHour, n: 1, min: 0, max: 0 }))
  it('is that of the ends', () => expect(change3h(line(3, -0.5), NOW)).toBeCloseTo(-1.5, 5))
  it('is carried on from two hours', () => expect(change3h(line(2, 1), NOW)).toBeCloseTo(3, 5))
  it.each([[line(1, 1)], [[]]])('is none of too little', (readings) => expect(change3h(readings, NOW)).toBeNull())
  it('is none when the sensor has been silent', () => expect(change3h(line(3, 1), NOW + 2 * HOUR)).toBeNull())
})
