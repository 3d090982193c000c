/** The piece of time that a graph shows: the last hours up to now, or a fixed piece of the past. */
export const SPANS = { '1h': 3_600_000, '6h': 21_600_000, '24h': 86_400_000, '7d': 604_800_000, '30d': 2_592_000_000, '1y': 31_536_000_000 } as const
export type RangeName = keyof typeof SPANS | 'all'
export const RANGES: RangeName[] = ['1h', '6h', '24h', '7d', '30d', '1y', 'all']

export type TimeWindow =
  /** With `since` the left end stays where it is, and the window grows. */
  | { follow: true; span: number; name: RangeName | null; since?: number }
  | { follow: false; from: number; to: number }

const LEAST_MS = 2000
/** Less than this of history still gets so much room. */
const LEAST_ALL_MS = 120_000
const MOST_MS = 40 * 31_536_000_000

export function edges(window: TimeWindow, now: number): { from: number; to: number } {
  if (!window.follow) return { from: window.from, to: window.to }
  return { from: window.since === undefined ? now - window.span : Math.min(window.since, now - window.span), to: now }
}

/** A fixed window, never narrower than two seconds and never wholly in the future. */
export function fixed(from: number, to: number, now: number): TimeWindow {
  const span = Math.min(MOST_MS, Math.max(LEAST_MS, to - from))
  const middle = (from + to) / 2
  const start = Math.min(middle - span / 2, now - span * 0.05)
  return { follow: false, from: Math.round(start), to: Math.round(start + span) }
}

/** Zooms around a moment. A window that follows now keeps following when the moment is at its right end. */
export function zoomAround(window: TimeWindow, at: number, factor: number, now: number): TimeWindow {
  const { from, to } = edges(window, now)
  if (window.follow && (to - at) / (to - from) < 0.06) {
    return { follow: true, span: Math.min(MOST_MS, Math.max(LEAST_MS * 5, (to - from) * factor)), name: null }
  }
  return fixed(at - (at - from) * factor, at + (to - at) * factor, now)
}

/** Pans by a share of the width. Reaching now again, the window follows it. */
export function pan(window: TimeWindow, share: number, now: number): TimeWindow {
  const { from, to } = edges(window, now)
  const by = (to - from) * share
  if (to + by >= now && by > 0) return { follow: true, span: to - from, name: nameOf(to - from) }
  return fixed(from + by, to + by, now)
}

export const nameOf = (span: number): RangeName | null =>
  (Object.keys(SPANS) as (keyof typeof SPANS)[]).find((name) => Math.abs(SPANS[name] - span) < 1000) ?? null

/** The last hours by name; "all" begins a little before the first reading and grows from there. */
export function named(name: RangeName, allSpan: number, now = Date.now()): TimeWindow {
  if (name !== 'all') return { follow: true, span: SPANS[name], name }
  const span = Math.max(LEAST_ALL_MS, allSpan * 1.02)
  return { follow: true, span, name, since: now - span }
}

type Query = Record<string, string | undefined>

export function toQuery(window: TimeWindow): Query {
  if (!window.follow) return { from: String(window.from), to: String(window.to), range: undefined, span: undefined }
  if (window.name) return { range: window.name === '24h' ? undefined : window.name, span: undefined, from: undefined, to: undefined }
  return { range: undefined, span: String(Math.round(window.span / 1000)), from: undefined, to: undefined }
}

export function fromQuery(query: Query, now: number, allSpan: number): TimeWindow {
  const from = Number(query.from)
  const to = Number(query.to)
  if (query.from && query.to && Number.isFinite(from) && to > from) return fixed(from, to, now)
  const span = Number(query.span) * 1000
  if (query.span && span > 0) return { follow: true, span, name: nameOf(span) }
  return named(RANGES.find((name) => name === query.range) ?? '24h', allSpan)
}
