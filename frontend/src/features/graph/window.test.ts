import { describe, expect, it } from 'vitest'
import { edges, fixed, fromQuery, named, pan, SPANS, toQuery, zoomAround } from './window'

const now = 1_800_000_000_000
const day = named('24h', SPANS['1y'])

it('follows now by its name', () => expect(edges(day, now)).toEqual({ from: now - SPANS['24h'], to: now }))

describe('zooming', () => {
  it('keeps the moment under the pointer where it is', () => {
    const at = now - SPANS['24h'] / 2
    const { from, to } = edges(zoomAround(day, at, 0.5, now), now)
    expect((at - from) / (to - from)).toBeCloseTo(0.5, 3)
    expect(to - from).toBeCloseTo(SPANS['24h'] / 2, -2)
  })
  it('at the right end goes on following', () => expect(zoomAround(day, now - 1000, 0.5, now)).toMatchObject({ follow: true, span: SPANS['24h'] / 2 }))
  it('stops at two seconds', () => {
    let window = day
    for (let i = 0; i < 80; i++) window = zoomAround(window, now - SPANS['24h'] / 2, 0.5, now) as typeof day
    const { from, to } = edges(window, now)
    expect(to - from).toBe(2000)
  })
})

describe('panning', () => {
  it('leaves now, and comes back to following', () => {
    const before = pan(day, -0.25, now)
    expect(before).toMatchObject({ follow: false, to: now - SPANS['24h'] / 4 })
    expect(pan(before, 0.25, now)).toEqual({ follow: true, span: SPANS['24h'], name: '24h' })
  })
})

it('never leaves for the future', () => expect(edges(fixed(now + 1e9, now + 2e9, now), now).from).toBeLessThan(now))

describe('the address', () => {
  it.each([[day], [named('7d', SPANS['1y'])], [fixed(now - 5e6, now - 1e6, now)], [{ follow: true as const, span: 5_000_000, name: null }]])('brings back %o', (window) => {
    expect(fromQuery(toQuery(window), now, SPANS['1y'])).toEqual(window)
  })
  it('survives nonsense', () => expect(fromQuery({ from: 'x', to: '3', range: '9 weeks', span: '-2' }, now, 1)).toEqual(day))
})
