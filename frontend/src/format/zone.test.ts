import { afterEach, describe, expect, it } from 'vitest'
import { reader, usual } from './reader'
import { formatExact, sameDay, formatClock } from './time'
import { displayZone, fromClock, isZone, siteZone, zoneOffset } from './zone'

const H = 3_600_000
afterEach(() => {
  siteZone.value = ''
  reader.value = { ...usual }
})

describe('the moment a clock shows', () => {
  it.each([
    ['2026-01-15T12:00', 'Europe/Berlin', '2026-01-15T11:00:00Z'],
    ['2026-07-15T12:00:30', 'Europe/Berlin', '2026-07-15T10:00:30Z'],
    ['2026-03-29T03:30', 'Europe/Berlin', '2026-03-29T01:30:00Z'], // the first hour after the change
    ['2026-10-25T00:30', 'Europe/Berlin', '2026-10-24T22:30:00Z'],
    ['2026-01-15T12:00', 'Asia/Kathmandu', '2026-01-15T06:15:00Z'],
  ])('%s in %s', (text, zone, utc) => expect(new Date(fromClock(text, zone) ?? NaN).toISOString()).toBe(new Date(utc).toISOString()))
  it('is none where no time is', () => expect([fromClock('', 'UTC'), fromClock('2026-13-40T99:00', 'UTC')]).toEqual([null, null]))
})

it('knows how far zones are from UTC', () => {
  const winter = Date.parse('2026-01-15T00:00:00Z')
  expect([zoneOffset(winter, 'UTC'), zoneOffset(winter, 'Europe/Berlin'), zoneOffset(winter, 'America/New_York')]).toEqual([0, H, -5 * H])
  expect([isZone('Europe/Berlin'), isZone('No/Where'), isZone('')]).toEqual([true, false, false])
})

it('shows times and days of the place where Hypha stands', () => {
  const t = Date.parse('2026-01-15T22:30:00Z')
  siteZone.value = 'Asia/Tokyo'
  expect(formatClock(t)).toBe('07:30')
  expect(formatExact(t)).toContain('16 Jan')
  expect(sameDay(t, t + 2 * H)).toBe(true)
  reader.value = { ...usual, clock: '12' }
  expect(formatClock(t)).toMatch(/^7:30\s?am$/i)
  siteZone.value = 'No/Where'
  expect(displayZone()).toBeUndefined()
})
