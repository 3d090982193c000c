/** What every list of things has in common: searched, narrowed, grouped, sorted. Nothing here knows what the things are. */

/** One row. A thing may have several rows; what is selected is the thing. */
export interface ListRow<T> {
  key: string
  id: number
  of: T
  name: string
  /** What the search looks at beside the names of the facets. */
  text: string
  /** How it stands: one of the list's standings. */
  standing: string
  /** Higher comes first in the list's own order; equal ones keep the order in which they came. */
  urgency: number
  /** What it can be narrowed and grouped by: zone, kind, bus. Absent: none. */
  facets: Readonly<Record<string, string | undefined>>
}

export type Sort = 'urgent' | 'name' | 'newest'
export const SORTS: readonly Sort[] = ['urgent', 'name', 'newest']
/** Grouped by how it stands, not at all, or by a facet. */
export type GroupBy = 'standing' | 'none' | (string & {})

export interface Group<T> {
  key: string
  rows: ListRow<T>[]
}
export interface FacetValue {
  value: string
  label: string
  count: number
}
/** The word for a facet's value; '' is what has none. */
export type LabelOf = (facet: string, value: string) => string

const facetOf = <T>(row: ListRow<T>, facet: string): string => row.facets[facet] ?? ''

/** Every word must occur somewhere: in the name, in what it is, where it is. */
export function search<T>(rows: readonly ListRow<T>[], asked: string, labelOf: LabelOf): ListRow<T>[] {
  const words = asked.toLowerCase().split(/\s+/).filter(Boolean)
  if (!words.length) return [...rows]
  return rows.filter((row) => {
    const facets = Object.entries(row.facets).map(([facet, value]) => (value ? labelOf(facet, value) : ''))
    const text = [row.name, row.text, ...facets].join(' ').toLowerCase()
    return words.every((word) => text.includes(word))
  })
}

/** Of each facet that is chosen, one of the chosen values must be the row's. */
export function narrow<T>(rows: readonly ListRow<T>[], chosen: Readonly<Record<string, readonly string[]>>): ListRow<T>[] {
  const active = Object.entries(chosen).filter(([, values]) => values.length)
  return rows.filter((row) => active.every(([facet, values]) => values.includes(facetOf(row, facet))))
}

export function sorted<T>(rows: readonly ListRow<T>[], by: Sort): ListRow<T>[] {
  const all = [...rows]
  if (by === 'name') return all.sort((a, b) => a.name.localeCompare(b.name, undefined, { numeric: true }))
  if (by === 'newest') return all.sort((a, b) => b.id - a.id)
  return all.sort((a, b) => b.urgency - a.urgency)
}

/** Groups in the order of the standings, or by the words of the facet with "none" at the end; empty ones are left out. */
export function grouped<T>(rows: readonly ListRow<T>[], by: GroupBy, standings: readonly string[], labelOf: LabelOf): Group<T>[] {
  if (by === 'none') return rows.length ? [{ key: '', rows: [...rows] }] : []
  const groups = new Map<string, ListRow<T>[]>()
  for (const row of rows) {
    const key = by === 'standing' ? row.standing : facetOf(row, by)
    groups.set(key, [...(groups.get(key) ?? []), row])
  }
  const keys = [...groups.keys()]
  if (by === 'standing') keys.sort((a, b) => standings.indexOf(a) - standings.indexOf(b))
  else keys.sort((a, b) => Number(a === '') - Number(b === '') || labelOf(by, a).localeCompare(labelOf(by, b)))
  return keys.map((key) => ({ key, rows: groups.get(key) ?? [] }))
}

/** The values a facet takes in these rows, by their words. One value alone narrows nothing. */
export function valuesOf<T>(rows: readonly ListRow<T>[], facet: string, labelOf: LabelOf): FacetValue[] {
  const counts = new Map<string, number>()
  for (const row of rows) counts.set(facetOf(row, facet), (counts.get(facetOf(row, facet)) ?? 0) + 1)
  return [...counts]
    .map(([value, count]) => ({ value, label: labelOf(facet, value), count }))
    .sort((a, b) => Number(a.value === '') - Number(b.value === '') || a.label.localeCompare(b.label))
}

/** The things between two rows of the list as it is shown, both included; only the last when the first is gone. */
export function between<T>(rows: readonly ListRow<T>[], from: number | null, to: number): number[] {
  const a = rows.findIndex((row) => row.id === from)
  const b = rows.findIndex((row) => row.id === to)
  if (a < 0 || b < 0) return [to]
  return [...new Set(rows.slice(Math.min(a, b), Math.max(a, b) + 1).map((row) => row.id))]
}
