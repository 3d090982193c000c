import { describe, expect, it } from 'vitest'
import type { Place, Widget } from './model'
import { arranged, firstGap, overlaps, placesOf, put, resized, risen, stepped, withPlaces, type Placed } from './places'

const at = (id: string, x: number, y: number, w: number, h: number): Placed => ({ id, place: { x, y, w, h } })
const widget = (id: string, x: number, y: number, w: number, h: number, phone?: Place): Widget => ({ id, kind: 'value', options: {}, desktop: { x, y, w, h }, ...(phone ? { phone } : {}) })
const where = (placed: Placed[], id: string) => placed.find((one) => one.id === id)?.place
const clear = (placed: Placed[]) => placed.every((a, i) => placed.every((b, j) => i <= j || !overlaps(a.place, b.place)))

describe('moving', () => {
  const three = [at('a', 0, 0, 3, 2), at('b', 3, 0, 3, 2), at('c', 0, 2, 3, 2)]
  it('pushes what lies there down', () => {
    const moved = put(three, 'a', { x: 3, y: 0, w: 3, h: 2 }, 12)
    expect(where(moved, 'a')).toEqual({ x: 3, y: 0, w: 3, h: 2 })
    expect(where(moved, 'b')).toEqual({ x: 3, y: 2, w: 3, h: 2 })
    expect(where(moved, 'c')).toEqual({ x: 0, y: 0, w: 3, h: 2 }) // rises into the gap
  })
  it('stays inside', () => expect(where(put(three, 'a', { x: 99, y: -3, w: 20, h: 0 }, 12), 'a')).toMatchObject({ x: 0, y: 0, w: 12, h: 1 }))
  it('goes past the neighbour up and down, and back', () => {
    const down = stepped(three, 'a', 'down', 12)
    expect(where(down, 'a')?.y).toBe(2)
    expect(where(down, 'c')?.y).toBe(0)
    expect(where(stepped(down, 'a', 'up', 12), 'a')?.y).toBe(0)
  })
  it('stays where there is nobody to pass', () => {
    expect(stepped(three, 'a', 'up', 12)).toEqual(three)
    expect(stepped(three, 'c', 'down', 12)).toEqual(three)
    expect(stepped(three, 'nobody', 'left', 12)).toEqual(three)
  })
  it('steps sideways by a column', () => expect(where(stepped(three, 'b', 'right', 12), 'b')?.x).toBe(4))
  it('never lets tiles overlap', () => {
    let placed = [at('a', 0, 0, 4, 3), at('b', 4, 0, 8, 2), at('c', 0, 3, 6, 2), at('d', 6, 2, 6, 4), at('e', 0, 5, 2, 1)]
    const steps = ['left', 'down', 'right', 'up', 'down', 'down', 'right', 'right'] as const
    steps.forEach((step, i) => {
      placed = stepped(placed, 'abcde'[i % 5]!, step, 12)
      expect(clear(placed)).toBe(true)
      placed = resized(placed, 'edcba'[i % 5]!, step, 12, { w: 2, h: 1 })
      expect(clear(placed)).toBe(true)
    })
  })
})

describe('sizes', () => {
  it('keep to the least and to the grid', () => {
    const one = [at('a', 9, 0, 3, 2)]
    expect(where(resized(one, 'a', 'right', 12, { w: 2, h: 1 }), 'a')?.w).toBe(3)
    expect(where(resized(one, 'a', 'left', 12, { w: 3, h: 1 }), 'a')?.w).toBe(3)
    expect(where(resized(one, 'a', 'up', 12, { w: 2, h: 2 }), 'a')?.h).toBe(2)
    expect(where(resized(one, 'a', 'down', 12, { w: 2, h: 2 }), 'a')?.h).toBe(3)
  })
})

describe('gaps', () => {
  it('are found from the top', () => expect(firstGap([at('a', 0, 0, 8, 2)], { w: 4, h: 3 }, 12)).toEqual({ x: 8, y: 0, w: 4, h: 3 }))
  it('fit the columns', () => expect(firstGap([at('a', 0, 0, 1, 1)], { w: 6, h: 3 }, 2)).toEqual({ x: 0, y: 1, w: 2, h: 3 }))
  it('are closed by rising', () => expect(where(risen([at('a', 0, 5, 2, 1), at('b', 0, 9, 2, 1)]), 'b')?.y).toBe(1))
  it('are closed by arranging, in reading order', () => {
    const packed = arranged([at('b', 6, 3, 6, 2), at('a', 0, 0, 4, 2), at('c', 0, 9, 2, 2)], 12)
    expect(packed.map(({ id, place }) => [id, place.x, place.y])).toEqual([['a', 0, 0], ['b', 4, 0], ['c', 10, 0]])
  })
})

describe('the phone', () => {
  it('follows the desktop: small tiles share a row', () => {
    const placed = placesOf([widget('graph', 0, 2, 12, 4), widget('b', 3, 0, 3, 2), widget('a', 0, 0, 3, 2)], 'phone')
    expect(placed).toEqual([at('a', 0, 0, 1, 2), at('b', 1, 0, 1, 2), at('graph', 0, 2, 2, 4)])
  })
  it('leaves no hole above a wide one', () => {
    const placed = placesOf([widget('a', 0, 0, 3, 3), widget('b', 3, 0, 3, 2), widget('wide', 0, 3, 8, 2)], 'phone')
    expect(where(placed, 'b')).toEqual({ x: 1, y: 0, w: 1, h: 3 })
    expect(where(placed, 'wide')?.y).toBe(3)
  })
  it('gives a lonely small one the row', () => expect(placesOf([widget('a', 0, 0, 3, 2)], 'phone')).toEqual([at('a', 0, 0, 2, 2)]))
  it('keeps its own places, and puts what has none below', () => {
    const placed = placesOf([widget('new', 0, 0, 6, 2), widget('a', 0, 0, 3, 2, { x: 0, y: 0, w: 2, h: 5 })], 'phone')
    expect(where(placed, 'a')).toEqual({ x: 0, y: 0, w: 2, h: 5 })
    expect(where(placed, 'new')).toEqual({ x: 0, y: 5, w: 2, h: 2 })
  })
})

it('keeps the objects of what did not move', () => {
  const widgets = [widget('a', 0, 0, 3, 2), widget('b', 3, 0, 3, 2)]
  const next = withPlaces(widgets, 'desktop', [at('a', 0, 0, 3, 2), at('b', 6, 0, 3, 2)])
  expect(next[0]).toBe(widgets[0])
  expect(next[1]?.desktop.x).toBe(6)
})
