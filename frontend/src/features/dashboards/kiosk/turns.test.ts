import { describe, expect, it } from 'vitest'
import { fit, isDim, shiftOf, turned } from './turns'

const times = (dim_from: string, dim_to: string) => ({ dim: 'times', dim_from, dim_to })
describe('darkness', () => {
  it.each([
    [times('22:00', '07:00'), 22 * 60, true],
    [times('22:00', '07:00'), 6 * 60 + 59, true],
    [times('22:00', '07:00'), 7 * 60, false],
    [times('22:00', '07:00'), 12 * 60, false],
    [times('13:00', '14:30'), 14 * 60, true],
    [times('13:00', '14:30'), 14 * 60 + 30, false],
    [times('08:00', '08:00'), 8 * 60, false],
    [{ ...times('00:00', '23:59'), dim: 'never' }, 60, false],
  ])('%j at minute %i: %s', (kiosk, minute, dim) => expect(isDim(kiosk, null, minute)).toBe(dim))
  it('follows the sun, if somebody has said where it is', () => {
    const sun = { ...times('', ''), dim: 'sun' }
    expect(isDim(sun, { up: false, until: null }, 0)).toBe(true)
    expect(isDim(sun, { up: true, until: null }, 0)).toBe(false)
    expect(isDim(sun, null, 0)).toBe(false)
  })
})

it('goes round', () => {
  expect([turned(0, 1, 3), turned(2, 1, 3), turned(0, -1, 3), turned(0, 1, 1), turned(5, 1, 0)]).toEqual([1, 0, 2, 0, 0])
})
it('moves by a few px, and comes back', () => {
  const moves = Array.from({ length: 60 }, (_, minute) => shiftOf(minute))
  expect(moves.every(([x, y]) => Math.abs(x) <= 4 && Math.abs(y) <= 4)).toBe(true)
  expect(moves.every((move, i) => i === 0 || move.join() !== moves[i - 1]?.join())).toBe(true)
})
it('fills the screen: few rows grow, many become smaller, none unreadably so', () => {
  const grid = { row: 62, gap: 12 }
  expect(fit(10, 10 * 70 + 9 * 12, grid)).toEqual({ row: 70, zoom: 1 })
  expect(fit(2, 2000, grid)).toEqual({ row: 110, zoom: 1 })
  expect(fit(10, 728 / 2 + 200, grid)).toEqual({ row: 62, zoom: 0.77 })
  expect(fit(100, 800, grid)).toEqual({ row: 62, zoom: 0.55 })
  expect(fit(0, 800, grid)).toEqual({ row: 62, zoom: 1 })
})
