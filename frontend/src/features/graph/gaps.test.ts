import { describe, expect, it } from 'vitest'
import type { Mark } from './marks'
import { causeOf, gapsOf, type Gap } from './gaps'
import { toGraphSeries } from './series'

const series = (t: number[]) => toGraphSeries({ channel: 1, unit: 'C', raw: true, t, v: t.map(() => 1) }, 1000)
const spans = (gaps: Gap[]) => gaps.map(({ from, to }) => [from, to])

describe('gaps', () => {
  const s = series([0, 1000, 2000, 20_000, 21_000, 22_000, 90_000, 91_000])
  it('lie between two readings, the widest first', () => expect(spans(gapsOf(s, 0, 100_000, 1))).toEqual([[22_000, 90_000], [2000, 20_000]]))
  it('that cannot be seen are none', () => expect(spans(gapsOf(s, 0, 100_000, 30_000))).toEqual([[22_000, 90_000]]))
  it('outside the view are none', () => expect(spans(gapsOf(s, 20_500, 21_500, 1))).toEqual([]))
})

describe('the cause of a gap', () => {
  const gap: Gap = { channel: 1, from: 1000, to: 5000, mark: null }
  const trouble = (t: number, until: number | null): Mark => ({ key: `${t}`, kind: 'trouble', t, until, icon: '', tone: '', bad: true })
  it('is the trouble nearest to its beginning', () => expect(causeOf(gap, [trouble(4000, null), trouble(1200, 5000)], 100)?.t).toBe(1200))
  it('is none that was over before', () => expect(causeOf(gap, [trouble(950, 990)], 100)).toBeNull())
  it('is none that came after', () => expect(causeOf(gap, [trouble(6000, null)], 100)).toBeNull())
})
