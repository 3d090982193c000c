import { describe, expect, it } from 'vitest'
import type { Channel } from '@/api/types'
import { quantitiesOf, rowsOf, type Choosable } from './chooser'

const item = (id: number, quantity: string, owner: string, zone = ''): Choosable => ({ channel: { id, quantity, name: quantity, owner, owner_name: owner, unit: 'C' } as Channel, name: quantity, zone })
const all = [item(1, 'temperature', 'Outside'), item(2, 'temperature', 'Climate', 'Tent'), item(3, 'humidity', 'Climate', 'Tent'), item(4, 'ph', 'Probe', 'Aquarium')]
const keys = (search: string, quantity = '') => rowsOf(all, search, quantity).map((row) => row.key)

describe('the chooser of channels', () => {
  it('groups by what they belong to, zones in order, the rest last', () => expect(keys('')).toEqual(['Probe', '4', 'Climate', '2', '3', 'Outside', '1']))
  it('finds by words of name, thing and zone', () => expect(keys('tent temp')).toEqual(['Climate', '2']))
  it('keeps to a quantity', () => expect(keys('', 'temperature')).toEqual(['Climate', '2', 'Outside', '1']))
  it('finds nothing quietly', () => expect(keys('sauna')).toEqual([]))
  it('offers the quantities there are, the most frequent first', () => expect(quantitiesOf(all)[0]).toBe('temperature'))
})
