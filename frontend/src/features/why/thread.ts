/** The chain of causes as a thread: what led to it above, the output itself, and what hangs on it as branches. */
import type { CauseLink, OutputWhy } from '@/api/types'

export type KnotKind = 'reading' | 'function' | 'person' | 'limit' | 'alert' | 'event' | 'clock'

export interface Knot {
  key: string
  kind: KnotKind
  what: string
  ref: string
  text: string
  t: string | undefined
  value: number | null
}

const kinds: Record<string, KnotKind> = {
  reading: 'reading',
  function: 'function',
  rule: 'function',
  trigger: 'function',
  person: 'person',
  limit: 'limit',
  stop: 'person',
  alert: 'alert',
  timer: 'clock',
}

const knotOf = (link: CauseLink, i: number): Knot => ({
  key: `${i} ${link.what} ${link.ref ?? ''}`,
  kind: kinds[link.what] ?? 'event',
  what: link.what,
  ref: link.ref ?? '',
  text: link.text ?? '',
  t: link.t,
  value: link.value ?? null,
})

/** The causes, first one first. Of a function that says twice the same, once is told. */
export function knotsOf(why: Pick<OutputWhy, 'chain' | 'by' | 'reason' | 'since'>): Knot[] {
  const knots = why.chain.map(knotOf).filter((knot, i, all) => {
    const next = all[i + 1]
    return !(next && next.ref === knot.ref && next.text === knot.text && next.kind === knot.kind)
  })
  if (knots.length || !why.by) return knots
  // The journal of an output that nobody drives has no chain, but says who and why.
  return [{ key: 'by', kind: kindOfBy(why.by), what: 'by', ref: why.by, text: why.reason ?? '', t: why.since, value: null }]
}

function kindOfBy(by: string): KnotKind {
  if (by.startsWith('function/')) return 'function'
  if (by.startsWith('alert/')) return 'alert'
  if (by === 'timer' || by.startsWith('at_')) return 'clock'
  return by === 'stop' || by.includes(':') ? 'person' : 'limit'
}

/** Where a click on a cause leads: a reading to its curve round that moment, a thing to its page. */
export function placeOfKnot({ ref, t }: Pick<Knot, 'ref' | 't'>): string | undefined {
  const match = /^(channel|function|output|alert|input|zone)\/(\d+)/.exec(ref)
  if (!match) return undefined
  const at = t ? Date.parse(t) : NaN
  if (match[1] !== 'channel') return `/${match[1]}s/${match[2]}`
  const half = 30 * 60_000
  return Number.isFinite(at) ? `/graph?ch=${match[2]}&from=${at - half}&to=${at + half}` : `/graph?ch=${match[2]}`
}
