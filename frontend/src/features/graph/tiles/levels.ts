/** Levels of zoom: widths of buckets in ms, each two to three times the one before. Widths over ten minutes are whole ones of those: the store keeps summaries of them. */
const S = 1000
const MIN = 60 * S
const H = 60 * MIN
const DAY = 24 * H
export const WIDTHS: readonly number[] = [
  10, 20, 50, 100, 200, 500, S, 2 * S, 5 * S, 10 * S, 30 * S, MIN, 2 * MIN, 5 * MIN, 10 * MIN, 30 * MIN, H, 2 * H, 4 * H, 12 * H, DAY, 2 * DAY, 4 * DAY, 8 * DAY, 16 * DAY,
]
/** Buckets of one tile. */
export const TILE = 512
/** At most so many points for each pixel: more cannot be seen, fewer than half as many look coarse. */
const PER_PIXEL = 1.4
/** From here on the server rounds widths up, unless one more point is asked for. */
const ROUNDED_FROM = 20 * MIN

export const widthOf = (level: number): number => WIDTHS[level] ?? 1
export const spanOf = (level: number): number => widthOf(level) * TILE

export function levelFor(span: number, pixels: number): number {
  const wanted = span / Math.max(60, pixels) / PER_PIXEL
  const level = WIDTHS.findIndex((width) => width >= wanted)
  return level < 0 ? WIDTHS.length - 1 : level
}

/** First and last tile of a piece of time. */
export const tilesOf = (level: number, from: number, to: number): [first: number, last: number] => [Math.floor(from / spanOf(level)), Math.floor((to - 1) / spanOf(level))]

/** How many points to ask for so that the answer has buckets of exactly this level's width. */
export const pointsFor = (level: number, tiles: number): number => TILE * tiles + (widthOf(level) >= ROUNDED_FROM ? 1 : 0)
