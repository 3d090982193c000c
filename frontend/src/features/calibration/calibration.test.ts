import { describe, expect, it } from 'vitest'
import { between, inUnit, methodFor, saturation, SOLUTIONS } from './solutions'
import { restOf } from './steady'

const solution = (id: string) => {
  const found = SOLUTIONS.find((one) => one.id === id)
  if (!found) throw new Error(id)
  return found
}

describe('solutions', () => {
  it('follow their temperature and know nothing beyond their tables', () => {
    expect(solution('ph7').at(25)).toBe(7)
    expect(solution('ph686').at(22.5)).toBeCloseTo((6.881 + 6.865) / 2, 6)
    expect(solution('ph10').at(60)).toBeNull()
    expect(solution('ph4').at(-1)).toBeNull()
    expect(between([[0, 1], [10, 2]], 10)).toBe(2)
  })
  it('have the oxygen of saturated water', () => {
    expect(saturation(0)).toBeCloseTo(14.62, 2)
    expect(saturation(20)).toBeCloseTo(9.09, 2)
    expect(saturation(25)).toBeCloseTo(8.26, 2)
    expect(saturation(60)).toBeNull()
  })
  it('are told in the unit of the device', () => {
    expect(inUnit(solution('ec1413'), 1413, 'mS_cm')).toBe(1.413)
    expect(inUnit(solution('ec1413'), 1413, 'uS_cm')).toBe(1413)
    expect(inUnit(solution('ph7'), 7, 'pH')).toBe(7)
  })
  it('fit their quantity', () => {
    expect([methodFor('ion_concentration', 'pH'), methodFor('dissolved_oxygen', 'mg_L'), methodFor('dissolved_oxygen', 'percent'), methodFor('temperature', 'C')]).toEqual(['ph', 'do', 'generic', 'generic'])
  })
  it('are in order of temperature, each with a name of its own', () => {
    expect(new Set(SOLUTIONS.map((one) => one.id)).size).toBe(SOLUTIONS.length)
    for (const one of SOLUTIONS.filter((s) => s.method === 'ph')) expect(Math.abs((one.at(25) ?? 0) - one.nominal)).toBeLessThan(0.01)
  })
})

describe('coming to rest', () => {
  const times = (n: number, every = 2000) => Array.from({ length: n }, (_, i) => i * every)
  it('needs a full window', () => {
    expect(restOf(times(5), [7, 7, 7, 7, 7], 'ph', 0.01)).toMatchObject({ steady: false, mean: 7 })
    expect(restOf(times(16), Array<number>(16).fill(7), 'ph', 0.01)).toMatchObject({ steady: true, mean: 7, spread: 0, slope: 0, share: 1 })
  })
  it('sees a drift and a scatter', () => {
    const drift = times(16).map((t) => 7 + (0.06 * t) / 60_000)
    expect(restOf(times(16), drift, 'ph', 0.01).slope).toBeCloseTo(0.06, 6)
    expect(restOf(times(16), drift, 'ph', 0.01).steady).toBe(false)
    const scatter = times(16).map((_, i) => 7 + (i % 2 ? 0.05 : -0.05))
    expect(restOf(times(16), scatter, 'ph', 0.01)).toMatchObject({ steady: false })
  })
  it('looks at the end only, and at enough values of a slow device', () => {
    const settled = times(40).map((_, i) => (i < 20 ? 4 + i * 0.15 : 7))
    expect(restOf(times(40), settled, 'ph', 0.01)).toMatchObject({ steady: true, mean: 7 })
    expect(restOf(times(6, 60_000), [5, 7, 7, 7, 7, 7], 'ph', 0.01)).toMatchObject({ steady: true, mean: 7 })
  })
  it('knows nothing of nothing', () => {
    expect(restOf([], [], 'ec', 1)).toEqual({ steady: false, mean: null, spread: null, slope: null, share: 0 })
  })
})
