import { describe, expect, it } from 'vitest'
import { between, grouped, narrow, search, sorted, valuesOf, type ListRow } from './list'

const zones: Record<string, string> = { 1: 'Tent', 2: 'Aquarium' }
const labelOf = (facet: string, value: string) => (value === '' ? 'None' : facet === 'zone' ? (zones[value] ?? value) : value)
const row = (id: number, name: string, standing: string, urgency: number, zone?: string): ListRow<null> => ({ key: `${id}`, id, of: null, name, text: 'sht31', standing, urgency, facets: { zone, kind: 'sensor' } })
const rows = [row(1, 'Soil 10', 'running', 0, '1'), row(2, 'Soil 9', 'need', 2, '2'), row(3, 'Broker', 'need', 4), row(4, 'Fan', 'off', 0, '1')]
const names = (list: readonly ListRow<null>[]) => list.map((one) => one.name)

describe('searching', () => {
  it('looks at names, texts and the words of facets', () => {
    expect(names(search(rows, 'tent', labelOf))).toEqual(['Soil 10', 'Fan'])
    expect(names(search(rows, ' SHT soil ', labelOf))).toEqual(['Soil 10', 'Soil 9'])
  })
  it('needs every word', () => expect(search(rows, 'soil broker', labelOf)).toEqual([]))
  it('keeps all without a word', () => expect(search(rows, '  ', labelOf)).toHaveLength(4))
})

describe('narrowing', () => {
  it('takes any of the chosen values of a facet', () => expect(names(narrow(rows, { zone: ['1', '2'] }))).toEqual(['Soil 10', 'Soil 9', 'Fan']))
  it('finds what has none', () => expect(names(narrow(rows, { zone: [''] }))).toEqual(['Broker']))
  it('needs all facets', () => expect(narrow(rows, { zone: ['1'], kind: ['other'] })).toEqual([]))
  it('offers the values with their counts, none at the end', () =>
    expect(valuesOf(rows, 'zone', labelOf)).toEqual([{ value: '2', label: 'Aquarium', count: 1 }, { value: '1', label: 'Tent', count: 2 }, { value: '', label: 'None', count: 1 }]))
})

describe('order', () => {
  it('puts the urgent first and keeps the rest', () => expect(names(sorted(rows, 'urgent'))).toEqual(['Broker', 'Soil 9', 'Soil 10', 'Fan']))
  it('reads numbers in names', () => expect(names(sorted(rows, 'name'))).toEqual(['Broker', 'Fan', 'Soil 9', 'Soil 10']))
  it('knows the newest', () => expect(sorted(rows, 'newest').map((one) => one.id)).toEqual([4, 3, 2, 1]))
})

describe('groups', () => {
  const keys = (by: string) => grouped(rows, by, ['need', 'running', 'off'], labelOf).map((group) => [group.key, group.rows.length])
  it('stand in the order of the standings', () => expect(keys('standing')).toEqual([['need', 2], ['running', 1], ['off', 1]]))
  it('of a facet stand by their words', () => expect(keys('zone')).toEqual([['2', 1], ['1', 2], ['', 1]]))
  it('may be none', () => expect(keys('none')).toEqual([['', 4]]))
  it('are none without rows', () => expect(grouped([], 'none', [], labelOf)).toEqual([]))
})

it('takes what lies between two rows, in either direction', () => {
  expect(between(rows, 2, 4)).toEqual([2, 3, 4])
  expect(between(rows, 4, 2)).toEqual([2, 3, 4])
  expect(between(rows, 9, 2)).toEqual([2])
})
