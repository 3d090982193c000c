import { describe, expect, it } from 'vitest'
import { decimalsFor, formatNumber, formatPlain, parseNumber, splitBytes } from './number'

describe('formatNumber', () => {
  it.each([
    [24.44, 1, '24.4'],
    [61.2, 0, '61'],
    [1.0205, 3, '1.021'],
    [18400, 0, '18\u202f400'],
    [1009.3, 1, '1009.3'],
    [-4.25, 1, '\u22124.3'],
    [-0.04, 1, '0.0'],
    [null, 1, '–'],
    [undefined, 1, '–'],
    [NaN, 1, '–'],
    [Infinity, 1, '–'],
    [0, 1, '0.0'],
  ])('writes %s with %s decimals as %s', (value, decimals, text) => expect(formatNumber(value, decimals)).toBe(text))
})

it.each([[24, '24'], [24.5, '24.5'], [0.1 + 0.2, '0.3'], [1200, '1200'], [null, '–']])('writes the limit %s as %s', (value, text) => expect(formatPlain(value)).toBe(text))

it.each([[20, 0], [2, 1], [0.02, 3], [0, 0], [NaN, 0]])('gives a spread of %s %s decimals', (spread, decimals) => expect(decimalsFor(spread)).toBe(decimals))

describe('parseNumber', () => {
  it.each([['21.5', 21.5], ['21,5', 21.5], [' −3 ', -3], ['18 400', 18400], ['.5', 0.5], ['1e3', 1000], ['', null], ['12a', null], ['1.2.3', null], ['1e999', null], ['0x10', null]])(
    'reads %j as %s',
    (text, value) => expect(parseNumber(text)).toBe(value),
  )
})

it.each([[0, '0', 'B'], [999, '999', 'B'], [27_400_000, '27.4', 'MB'], [21e9, '21.0', 'GB'], [123e9, '123', 'GB']])('splits %s bytes', (bytes, value, unit) =>
  expect(splitBytes(bytes)).toEqual({ value, unit }),
)
