import { beforeAll, describe, expect, it } from 'vitest'
import { loadWords } from '@/app/i18n'
import type { Zone } from '@/api/types'
import { checkTargets, moves, zoneBody, zoneFields, zoneValues } from './zoneFields'

beforeAll(() => loadWords(['zones']))

describe('targets', () => {
  const wrong = (...targets: Record<string, unknown>[]) => [...checkTargets({ targets })]
  it('may have one limit or two', () => expect(wrong({ channel: 1, min: 5 }, { channel: 2, max: 5 }, { channel: 3, min: -2, max: 5 })).toEqual([]))
  it('may be zero', () => expect(wrong({ channel: 1, min: 0 })).toEqual([]))
  it('need a limit', () => expect(wrong({ channel: 1 }, { channel: 2, min: '' })).toEqual([['targets[0].min', 'A target needs at least one limit.'], ['targets[1].min', 'A target needs at least one limit.']]))
  it.each([[5, 4], [5, 5]])('are not upside down: %d to %d', (min, max) => expect(wrong({ channel: 1, min, max })).toEqual([['targets[0].max', 'This must be above the lower limit.']]))
  it('leave what is no number to the field', () => expect(wrong({ channel: 1, min: 'warm' })).toEqual([]))
  it('stand once for each value', () => expect(wrong({ channel: 1, min: 5 }, { channel: 1, max: 9 })).toEqual([['targets[1].channel', 'This value has a target above already.']]))
  it('that name no value yet are not twins', () => expect(wrong({ min: 5 }, { max: 9 })).toEqual([]))
})

describe('what is sent', () => {
  it('is trimmed, and leaves out targets without a value', () =>
    expect(zoneBody({ name: ' Tent ', description: '', icon: 'sprout', targets: [{ channel: 4, min: 2, max: undefined }, { min: 3 }] })).toEqual({
      name: 'Tent',
      description: '',
      icon: 'sprout',
      targets: [{ channel: 4, min: 2, max: undefined }],
    }))
  it('comes back as it was', () => {
    const zone: Zone = { id: 1, name: 'Tent', description: 'Tomatoes', icon: '', targets: [{ channel: 4, min: 2, max: 3 }], inputs: [1], outputs: [2], functions: [], created_at: '', updated_at: '' }
    expect(zoneBody(zoneValues(zoneFields(), zone))).toEqual({ name: 'Tent', description: 'Tomatoes', icon: 'box', targets: [{ channel: 4, min: 2, max: 3 }] })
  })
})

describe('members', () => {
  const things = [{ id: 1, zone: 7 }, { id: 2, zone: null }, { id: 3, zone: 8 }, { id: 4, zone: 7 }]
  it('come, also from elsewhere, and go; who stays is not told', () =>
    expect(moves(things, [1, 2, 3], 7)).toEqual([{ id: 2, zone: 7 }, { id: 3, zone: 7 }, { id: 4, zone: null }]))
  it('of other zones are left alone', () => expect(moves(things, [1, 4], 7)).toEqual([]))
})
