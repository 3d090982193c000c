import { beforeAll, describe, expect, it } from 'vitest'
import type { OutputState } from '@/api/types'
import { loadWords } from '@/app/i18n'
import { counterFacts, driversOf } from './driver'

beforeAll(() => loadWords(['outputs']))
const now = Date.parse('2026-05-01T12:00:00Z')
const state = (part: Partial<OutputState>): OutputState => ({ index: 0, by: 'user:maya', since: '2026-05-01T11:00:00Z', ...part })

describe('who drives an output', () => {
  it('is nobody where nobody claims it', () => expect(driversOf(state({}), now)).toEqual({ driver: null, waiting: [] }))
  it('is said with why, until when, and who waits', () => {
    const { driver, waiting } = driversOf(
      state({
        driver: { by: 'user:maya', rank: 'override', until: '2026-05-01T13:00:00Z', on: true },
        waiting: [{ by: 'function/2', rank: 'function', reason: 'too cold', duty: 40 }],
      }),
      now,
    )
    expect(driver).toMatchObject({ who: 'by hand, maya', rank: 'by hand', level: 'On' })
    expect(driver?.until).not.toBe('')
    expect(waiting).toMatchObject([{ rank: 'a function', level: '40 %', reason: 'too cold', until: '' }])
  })
})

describe('what an output has run', () => {
  const counters = { since: '2026-05-01T00:00:00Z', on_s: 5400, cycles: 3, energy_wh: 1250, volume_ml: 12, service: { due: false, on_s: 0, cycles: 0 } }
  const told = (type: 'on_off' | 'volume' | 'value') => Object.fromEntries(counterFacts({ type, counters }).map((fact) => [fact.key, fact.value]))
  it('is time, starts and energy of a switch', () => expect(told('on_off')).toMatchObject({ on_s: '1 h 30 min', cycles: '3', energy_wh: '1.25 kWh' }))
  it('is what a pump gave', () => expect(told('volume')).toEqual({ volume_ml: '12 ml' }))
  it('is nothing of a value', () => expect(told('value')).toEqual({}))
  it('is not known while the output does not run', () => expect(counterFacts({ type: 'on_off', counters: null })).toEqual([]))
})
