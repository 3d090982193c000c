/** Where tiles lie: a grid in which everything rises as far as it can, and what is moved pushes the others down. */
import { COLUMNS, type Form, type Place, type Widget } from './model'

export interface Placed {
  id: string
  place: Place
}

export const overlaps = (a: Place, b: Place): boolean => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h
const beside = (a: Place, b: Place): boolean => a.x < b.x + b.w && b.x < a.x + a.w
export const samePlace = (a: Place, b: Place): boolean => a.x === b.x && a.y === b.y && a.w === b.w && a.h === b.h
const readingOrder = (a: Placed, b: Placed): number => a.place.y - b.place.y || a.place.x - b.place.x

const SMALL_COLUMNS = 3
/** On a phone two small tiles share a row; a full one under two of different heights lets the shorter one grow. */
function derived(widgets: Widget[], top: number): Placed[] {
  const order = widgets.map((widget) => ({ id: widget.id, place: widget.desktop })).sort(readingOrder)
  const ends = [top, top]
  const last: (Placed | null)[] = [null, null]
  const out: Placed[] = []
  const level = () => {
    const low = ends[0]! < ends[1]! ? 0 : 1
    const rest = Math.abs(ends[0]! - ends[1]!)
    if (rest && last[low]) last[low]!.place.h += rest
    ends[0] = ends[1] = Math.max(ends[0]!, ends[1]!)
  }
  for (const { id, place } of order) {
    const half = place.w <= SMALL_COLUMNS
    if (!half) level()
    const column = half && ends[1]! < ends[0]! ? 1 : 0
    const placed = { id, place: { x: column, y: ends[column]!, w: half ? 1 : COLUMNS.phone, h: place.h } }
    out.push(placed)
    for (const touched of half ? [column] : [0, 1]) {
      ends[touched] = placed.place.y + placed.place.h
      last[touched] = half ? placed : null
    }
  }
  // A small one that is left alone in its row takes all of it.
  const alone = last.findIndex((one, i) => one && ends[i]! > ends[1 - i]! && one.place.y >= ends[1 - i]!)
  if (alone >= 0) Object.assign(last[alone]!.place, { x: 0, w: COLUMNS.phone })
  return out
}

/** Where each widget lies in a layout. */
export function placesOf(widgets: Widget[], form: Form): Placed[] {
  if (form === 'desktop') return widgets.map((widget) => ({ id: widget.id, place: widget.desktop }))
  const chosen = widgets.flatMap((widget) => (widget.phone ? [{ id: widget.id, place: widget.phone }] : []))
  const bottom = Math.max(0, ...chosen.map(({ place }) => place.y + place.h))
  return [...chosen, ...derived(widgets.filter((widget) => !widget.phone), bottom)]
}

/** The order in which tiles are read, by eye, tab key and screen reader. */
export const inOrder = (placed: Placed[]): Placed[] => [...placed].sort(readingOrder)

/** Lets everything rise. */
export function risen(placed: Placed[]): Placed[] {
  const done: Placed[] = []
  for (const { id, place } of inOrder(placed)) {
    let y = place.y
    while (y > 0 && !done.some((other) => overlaps({ ...place, y: y - 1 }, other.place))) y -= 1
    done.push({ id, place: { ...place, y } })
  }
  return done
}

const inside = (place: Place, columns: number): Place => {
  const w = Math.min(Math.max(1, place.w), columns)
  return { w, h: Math.max(1, place.h), x: Math.min(Math.max(0, place.x), columns - w), y: Math.max(0, place.y) }
}

/** Puts one at a place; those that lie there go down, then all rise. */
export function put(placed: Placed[], id: string, place: Place, columns: number): Placed[] {
  const fixed: Placed[] = [{ id, place: inside(place, columns) }]
  for (const other of inOrder(placed)) {
    if (other.id === id) continue
    const at = { ...other.place }
    for (let hit = fixed.find((one) => overlaps(at, one.place)); hit; hit = fixed.find((one) => overlaps(at, one.place))) at.y = hit.place.y + hit.place.h
    fixed.push({ id: other.id, place: at })
  }
  return risen(fixed)
}

export type Direction = 'left' | 'right' | 'up' | 'down'

/** One step by key: sideways by a column; up and down past the neighbour, for in between it would only rise again. */
export function stepped(placed: Placed[], id: string, to: Direction, columns: number): Placed[] {
  const me = placed.find((one) => one.id === id)?.place
  if (!me) return placed
  if (to === 'left') return put(placed, id, { ...me, x: me.x - 1 }, columns)
  if (to === 'right') return put(placed, id, { ...me, x: me.x + 1 }, columns)
  const column = placed.filter((one) => one.id !== id && beside(one.place, me)).map((one) => one.place)
  if (to === 'up') {
    const above = column.filter((place) => place.y + place.h <= me.y).sort((a, b) => b.y + b.h - a.y - a.h)[0]
    return above ? put(placed, id, { ...me, y: above.y }, columns) : placed
  }
  const below = column.filter((place) => place.y >= me.y + me.h).sort((a, b) => a.y - b.y)[0]
  return below ? put(placed, id, { ...me, y: below.y + below.h }, columns) : placed
}

/** Wider, narrower, taller or shorter by one, not below its least size. */
export function resized(placed: Placed[], id: string, to: Direction, columns: number, least: { w: number; h: number }): Placed[] {
  const me = placed.find((one) => one.id === id)?.place
  if (!me) return placed
  const by = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] } as const
  const w = Math.min(columns - me.x, Math.max(Math.min(least.w, columns), me.w + by[to][0]))
  return put(placed, id, { ...me, w, h: Math.max(least.h, me.h + by[to][1]) }, columns)
}

/** The first gap, from the top, in which something of that size has room. */
export function firstGap(placed: Placed[], size: { w: number; h: number }, columns: number): Place {
  const w = Math.min(size.w, columns)
  for (let y = 0; ; y++) {
    for (let x = 0; x + w <= columns; x++) {
      const place = { x, y, w, h: size.h }
      if (!placed.some((one) => overlaps(place, one.place))) return place
    }
  }
}

/** Packs all in the order in which they are read. */
export function arranged(placed: Placed[], columns: number): Placed[] {
  const done: Placed[] = []
  for (const { id, place } of inOrder(placed)) done.push({ id, place: firstGap(done, place, columns) })
  return done
}

/** The widgets with other places in a layout. Unchanged ones stay the same objects, so that their tiles are not drawn again. */
export function withPlaces(widgets: Widget[], form: Form, placed: Placed[]): Widget[] {
  const at = new Map(placed.map(({ id, place }) => [id, place]))
  return widgets.map((widget) => {
    const place = at.get(widget.id)
    const now = widget[form]
    return !place || (now && samePlace(now, place)) ? widget : { ...widget, [form]: place }
  })
}
