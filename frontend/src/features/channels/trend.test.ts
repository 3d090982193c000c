import { describe, expect, it } from 'vitest'
import { trendOf } from './trend'

const MINUTE = 60_000
const NOW = 100 * MINUTE
const trail = (f: (minute: number) => number | null, minutes = 20) => {
  const t = Array.from({ length: minutes + 1 }, (_, i) => NOW - (minutes - i) * MINUTE)
  return { t, v: t.map((x) => f((x - NOW) / MINUTE)) }
}

describe('the trend', () => {
  it('rises and falls', () => {
    expect(trendOf(trail((m) => 20 + m * 0.1), NOW, 0.1)).toBe('up')
    expect(trendOf(trail((m) => 20 - m * 0.1), NOW, 0.1)).toBe('down')
  })
  it('is none where the display would hardly move', () => expect(trendOf(trail((m) => 20 + m * 0.02), NOW, 0.1)).toBeNull())
  it('is none in a value that swings', () => expect(trendOf(trail((m) => 20 + Math.sin(m * 2) * 3 + m * 0.05), NOW, 0.1)).toBeNull())
  it('looks at ten minutes, not at what was before', () => expect(trendOf(trail((m) => (m < -10 ? 5 : 20)), NOW, 0.1)).toBeNull())
  it('says nothing from a few points or after silence', () => {
    expect(trendOf(trail((m) => 20 + m, 3), NOW, 0.1)).toBeNull()
    expect(trendOf(trail((m) => (m < -9 ? m : null)), NOW, 0.1)).toBeNull()
  })
})
