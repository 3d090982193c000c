import { describe, expect, it } from 'vitest'
import { readQuestion, writeQuestion } from './question'
import { knotsOf, placeOfKnot } from './thread'

describe('the question in the address', () => {
  it.each([
    [{ output: 3, channel: 0, at: null }, '3.0'],
    [{ output: 12, channel: 4, at: 1_792_000_000_000 }, '12.4@1792000000000'],
  ])('%o is %s', (question, text) => {
    expect(writeQuestion(question)).toBe(text)
    expect(readQuestion(text)).toEqual(question)
  })
  it.each(['', '3', '3.x', '3.0@', '-1.0', undefined, ['3.0']])('%o asks nothing', (text) => expect(readQuestion(text)).toBeNull())
})

describe('the thread', () => {
  const t = '2026-03-12T14:06:00.000Z'
  it('tells the first cause first', () => {
    const knots = knotsOf({ by: 'function/1', reason: '', chain: [{ what: 'reading', ref: 'channel/2', value: 18.5, t }, { what: 'function', ref: 'function/1', text: 'too cold', t }] })
    expect(knots.map((k) => [k.kind, k.ref, k.value])).toEqual([['reading', 'channel/2', 18.5], ['function', 'function/1', null]])
  })
  it('does not repeat a function that says the same twice', () => {
    const link = { what: 'function', ref: 'function/1', text: 'time is up', t }
    expect(knotsOf({ by: 'function/1', chain: [link, { ...link, what: 'rule' }] })).toHaveLength(1)
  })
  it.each([['at_start', 'clock'], ['user:maya', 'person'], ['stop', 'person'], ['safe', 'limit'], ['function/9', 'function'], ['alert/2', 'alert']])(
    'without a chain %s is a %s',
    (by, kind) => expect(knotsOf({ by, chain: [] })).toMatchObject([{ kind, ref: by }]),
  )
  it('is empty when nobody is known to have done it', () => expect(knotsOf({ chain: [] })).toEqual([]))
})

it('leads from a reading to its curve, from a thing to its page', () => {
  expect(placeOfKnot({ ref: 'channel/7', t: '1970-01-01T01:00:00Z' })).toBe('/graph?ch=7&from=1800000&to=5400000')
  expect(placeOfKnot({ ref: 'function/2', t: undefined })).toBe('/functions/2')
  expect(placeOfKnot({ ref: 'user:maya', t: undefined })).toBeUndefined()
})
