import { describe, expect, it } from 'vitest'
import type { Unit } from '@/api/types'
import { displayOf, families, indexOf, wanted } from './units'

const unit = (id: string, base: string, scale = 1, offset = 0, decimals = 1, symbol = id): Unit => ({ id, name: id, symbol, decimals, user: false, base, scale, offset })
const units = indexOf([
  unit('C', 'C', 1, 0, 1, '°C'), unit('F', 'C', 5 / 9, -160 / 9, 1, '°F'), unit('K', 'C', 1, -273.15),
  unit('delta_C', 'delta_C'), unit('delta_F', 'delta_C', 5 / 9),
  unit('Pa', 'Pa', 1, 0, 0), unit('hPa', 'Pa', 100), unit('kPa', 'Pa', 1000, 0, 2), unit('inHg', 'Pa', 3386.388640341, 0, 2),
  unit('uS_cm', 'uS_cm', 1, 0, 0), unit('mS_cm', 'uS_cm', 1000, 0, 2), unit('pH', 'pH', 1, 0, 2),
])
const imperial = { units: 'imperial', unitOf: {} } as const
const stored = { units: 'stored', unitOf: {} } as const

describe('the unit that is wanted', () => {
  it.each([
    ['C', undefined, imperial, 'F'], ['F', undefined, { units: 'metric', unitOf: {} }, 'C'], ['C', undefined, stored, undefined],
    ['C', undefined, { units: 'imperial', unitOf: { temperature: 'K' } }, 'K'], ['delta_C', undefined, imperial, 'delta_F'],
    ['kPa', 'vapor_pressure_deficit', imperial, undefined], ['kPa', 'pressure', imperial, 'inHg'], ['hPa', undefined, imperial, 'inHg'],
    ['kg', undefined, imperial, 'lb'], ['oz', undefined, { units: 'metric', unitOf: {} }, 'g'], ['pH', undefined, imperial, undefined],
    ['uS_cm', undefined, { units: 'stored', unitOf: { conductivity: 'mS_cm' } }, 'mS_cm'], ['C', undefined, { units: 'stored', unitOf: { temperature: 'furlong' } }, undefined],
  ] as const)('of %s for %s', (from, quantity, who, to) => expect(wanted(from, quantity, who)).toBe(to))
})

describe('what is shown', () => {
  it('is converted there and back without a loss that anybody could see', () => {
    const display = displayOf('C', { decimals: 1 }, units, imperial)
    expect(display).toMatchObject({ unit: 'F', symbol: '°F', decimals: 1, same: false })
    expect(display.convert(24)).toBeCloseTo(75.2, 10)
    expect(display.convert(-40)).toBeCloseTo(-40, 10)
    for (const typed of [75, 75.2, 32, 0, -3.7, 212.05]) expect(Number(display.convert(display.back(typed)).toFixed(9))).toBe(typed)
  })
  it('keeps a difference a difference', () => {
    const display = displayOf('C', {}, units, imperial)
    expect(display.span(5)).toBeCloseTo(9, 10)
    expect(display.spanBack(9)).toBeCloseTo(5, 10)
  })
  it('has no more places than the sensor resolves', () => {
    expect(displayOf('C', { decimals: 2 }, units, imperial).decimals).toBe(2)
    expect(displayOf('hPa', { decimals: 1 }, units, imperial).decimals).toBe(2)
    expect(displayOf('uS_cm', { decimals: 0 }, units, { units: 'stored', unitOf: { conductivity: 'mS_cm' } }).decimals).toBe(3)
  })
  it('is the value itself where nothing else is wanted or known', () => {
    for (const [id, who] of [['C', stored], ['pH', imperial], ['martian', imperial]] as const) {
      const display = displayOf(id, {}, units, who)
      expect([display.same, display.unit, display.convert(7.1)]).toEqual([true, id, 7.1])
    }
    expect(displayOf('C', {}, new Map(), stored)).toMatchObject({ same: true, symbol: 'C' })
  })
})

it('shows no value as long as it cannot convert one', () => expect(displayOf('C', {}, new Map(), imperial)).toMatchObject({ same: false, pending: true, symbol: '' }))

it('offers among its choices what each system gives', () => {
  for (const { choices, metric, imperial: us } of families) for (const one of [metric, us]) if (one) expect(choices).toContain(one)
})
