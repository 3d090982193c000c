import { describe, expect, it } from 'vitest'
import { takenOver } from './takeover'

describe('what an earlier version kept', () => {
  it.each([[undefined], [null], ['x'], [{}], [{ tiles: 'all' }], [{ tiles: [], graph: [] }]])('%j is none', (saved) => expect(takenOver(saved)).toBeNull())
  it('becomes widgets, each value once, the graph below', () => {
    const widgets = takenOver({ tiles: [3, 'x', 3, 1.5, null, 2], graph: [3], range: '7d' })!
    expect(widgets.map(({ kind, options }) => [kind, options])).toEqual([
      ['value', { channel: 3, trail: true, band: true }],
      ['value', { channel: 2, trail: true, band: true }],
      ['graph', { channels: [3], range: '7d' }],
    ])
    expect(widgets.map(({ desktop }) => [desktop.x, desktop.y])).toEqual([[0, 0], [3, 0], [0, 2]])
    expect(new Set(widgets.map((widget) => widget.id)).size).toBe(3)
  })
  it('takes no range that is none', () => expect(takenOver({ tiles: [], graph: [1], range: 'soon' })?.[0]?.options.range).toBe('24h'))
})
