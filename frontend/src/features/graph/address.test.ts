import { describe, expect, it } from 'vitest'
import { readLook, writeLook, type Look } from './address'
import { readOffset, writeOffset } from './compare'

const usual: Look = { hidden: [], without: [], earlier: 0, axes: {}, device: false, statistics: false, selection: null }

describe('a view in the address', () => {
  it('that is as usual leaves no trace', () => expect(Object.values(writeLook(usual)).every((value) => value === undefined)).toBe(true))
  it.each<[string, Partial<Look>]>([
    ['hidden curves', { hidden: [3, 5] }],
    ['parts that are off', { without: ['night', 'marks'] }],
    ['a comparison', { earlier: 604_800_000 }],
    ['another run', { earlier: -12_345_678 }],
    ['axes', { axes: { C: [-5, 30.5], percent: [0, 100] } }],
    ['the device value', { device: true }],
    ['statistics of a piece', { statistics: true, selection: { from: 1_800_000_000_000, to: 1_800_000_100_000 } }],
  ])('comes back: %s', (_name, part) => expect(readLook(writeLook({ ...usual, ...part }))).toEqual({ ...usual, ...part }))
  it('survives nonsense', () => expect(readLook({ hide: 'x,-2', off: 'everything', cmp: 'soon', axes: 'C:5:1,:,percent', sel: '9-3' })).toEqual(usual))
  it('names a comparison where it has a name', () => {
    expect(writeOffset(86_400_000)).toBe('1d')
    expect(readOffset('7d')).toBe(604_800_000)
  })
})
