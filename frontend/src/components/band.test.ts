import { describe, expect, it } from 'vitest'
import { bandPositions } from './band'

const at = (low: number | null, high: number | null, value: number) => bandPositions({ low, high }, value)

describe('a target with two limits', () => {
  it.each([[24, 25], [55, 65], [700, 1000], [-30, -18], [0, 0.2]])('lies in the middle two fifths: %s to %s', (low, high) => {
    const bar = at(low, high, low)
    expect(bar?.from).toBeCloseTo(30)
    expect(bar?.to).toBeCloseTo(70)
    expect(bar?.at((low + high) / 2)).toBeCloseTo(50)
  })
  it('keeps what is far out inside the rounded ends', () => {
    expect(at(24, 25, 0)?.at(-1000)).toBe(2.5)
    expect(at(24, 25, 0)?.at(1000)).toBe(97.5)
  })
  it('knows what is outside', () => {
    const bar = at(24, 25, 24)
    expect([23.9, 24, 24.5, 25, 25.1].map((v) => bar?.outside(v))).toEqual([true, false, false, false, true])
  })
  it('survives a band without width', () => expect(at(20, 20, 20)?.at(20)).toBeCloseTo(50))
})

describe('a target with one limit', () => {
  it('runs to the right edge when it is a lower one', () => expect(at(1, null, 3)).toMatchObject({ to: 100 }))
  it('runs to the left edge when it is an upper one', () => expect(at(null, 40, 20)).toMatchObject({ from: 0 }))
  it('puts what breaks the limit outside of the band', () => {
    const bar = at(1, null, 0.2)
    expect(bar?.outside(0.2)).toBe(true)
    expect(bar?.at(0.2)).toBeLessThan(bar?.from ?? 0)
  })
})

it('is no bar without a target', () => expect(at(null, null, 20)).toBeNull())
