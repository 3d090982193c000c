import { describe, expect, it } from 'vitest'
import { nextRange, wantedRange, type Range } from './axis'

describe('a steady axis', () => {
  const first = nextRange(null, 20, 30).range
  it('stays when the curve stays inside', () => expect(nextRange(first, 21, 29)).toEqual({ range: first, moving: false }))
  it('grows at once', () => expect(nextRange(first, 20, 40).range[1]).toBeGreaterThan(40))
  it('stays while enough of it is used', () => expect(nextRange(first, 22, 29.5).range).toBe(first))
  it('shrinks slowly, and arrives', () => {
    let range: Range = first
    const step = nextRange(range, 24, 25)
    expect(step.moving).toBe(true)
    expect(step.range[1]).toBeGreaterThan(28)
    let frames = 0
    for (let moving = true; moving && frames < 200; frames++) ({ range, moving } = nextRange(range, 24, 25))
    const [low, high] = wantedRange(24, 25)
    expect((high - low) / (range[1] - range[0])).toBeGreaterThan(0.65)
    expect(frames).toBeGreaterThan(10)
  })
  it('goes at once where motion is not wanted', () => expect(nextRange(first, 24, 25, 0, 1).range).toEqual(wantedRange(24, 25)))
  it('has a height even for a flat line', () => {
    const [low, high] = wantedRange(20, 20)
    expect(high).toBeGreaterThan(low)
  })
})
