import { describe, expect, it } from 'vitest'
import { assignColours } from './colours'
import { isGeneric } from './words'

const channel = (id: number, quantity: string, owner: string) => ({ id, quantity, owner })

describe('the colour of a channel', () => {
  it('is its quantity’s, and another for the second of its kind', () => {
    const colours = assignColours([channel(1, 'temperature', 'input/1'), channel(2, 'temperature', 'input/2')])
    expect(colours.get(1)).toBe(1)
    expect(colours.get(2)).not.toBe(1)
  })
  it('is not shared by channels of one input', () => {
    const channels = [
      ...[1, 2, 3, 4, 5].map((id) => channel(id, 'temperature', `input/${id}`)),
      channel(6, 'temperature', 'input/9'),
      channel(7, 'humidity', 'input/9'),
      channel(8, 'moisture', 'input/9'),
    ]
    const colours = assignColours(channels)
    expect(new Set([6, 7, 8].map((id) => colours.get(id))).size).toBe(3)
  })
  it('does not change when others come', () => {
    const first = [channel(1, 'co2', 'input/1'), channel(2, 'light', 'input/1')]
    const more = [...first, channel(3, 'co2', 'input/2')]
    expect([1, 2].map((id) => assignColours(more).get(id))).toEqual([1, 2].map((id) => assignColours(first).get(id)))
  })
  it('is there for the ninth channel of an input too', () => {
    const colours = assignColours(Array.from({ length: 12 }, (_, i) => channel(i, 'voltage', 'input/1')))
    expect([...colours.values()].every((colour) => colour >= 1 && colour <= 8)).toBe(true)
  })
})

it.each([['value', true], ['Temperature', true], ['', true], ['soil', false]])('%j says no more than the quantity: %s', (name, generic) => expect(isGeneric(name, 'temperature')).toBe(generic))
