import { describe, expect, it } from 'vitest'
import { formatAge, formatDuration, formatMoment, toMs } from './time'

const S = 1000
const M = 60 * S
const H = 60 * M

describe('formatDuration', () => {
  it.each([
    [0, '0 s'],
    [120, '120 ms'],
    [45 * S, '45 s'],
    [90 * S, '1 min 30 s'],
    [12 * M + 20 * S, '12 min'],
    [80 * M, '1 h 20 min'],
    [6 * H, '6 h'],
    [76 * H, '3 d 4 h'],
    [-5, '0 s'],
    [NaN, '–'],
  ])('says %s ms as %s', (ms, text) => expect(formatDuration(ms)).toBe(text))
})

describe('formatAge', () => {
  const now = new Date(2026, 2, 12, 14, 6, 0).getTime()
  it.each([
    [now - 400, 'now'],
    [now + 5000, 'now'],
    [now - 4 * S, '4 s ago'],
    [now - 2 * M - 50 * S, '2 min ago'],
    [now - 3 * H, '3 h ago'],
    [now - 30 * H, '11 Mar'],
    [new Date(2024, 0, 5).getTime(), '5 Jan 2024'],
    [null, '–'],
    ['no time', '–'],
  ])('says %s as %s', (moment, text) => expect(formatAge(moment, now)).toBe(text))
})

it('names the day only when it is another one', () => {
  const now = new Date(2026, 2, 12, 14, 6, 0).getTime()
  expect(formatMoment(now - H, now)).toBe('13:06')
  expect(formatMoment(now - 24 * H, now)).toBe('11 Mar 14:06')
})

it('reads RFC 3339 and ms alike', () => {
  expect(toMs('1970-01-01T00:00:01Z')).toBe(1000)
  expect(toMs(1000)).toBe(1000)
  expect(toMs(undefined)).toBeNull()
})
