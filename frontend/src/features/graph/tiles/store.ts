/** Tiles that were fetched, the least used of them forgotten. What is missing at one level is drawn from another until it comes. */
import { levelFor, spanOf, tilesOf, WIDTHS } from './levels'
import { addReading, indexFrom, type Tile } from './tile'

/** A few MB at most: 512 points of five numbers each. */
const MOST = 360
/** Finer tiles than two levels below are a dot on this one. */
const FINER = 2
/** Late readings come in; what was fetched long ago is asked for again when it is looked at. */
export const OLD_MS = 5 * 60_000
/** A tile of readings that has grown so far is coarse enough to come as buckets. */
const CROWDED = 1400

export interface Piece {
  tile: Tile
  /** The part of the tile that is to be drawn. */
  start: number
  end: number
}

const keyOf = (channel: number, level: number, index: number) => `${channel}/${level}/${index}`

export class TileStore {
  private readonly tiles = new Map<string, Tile>()

  constructor(private readonly most = MOST) {}

  get size(): number {
    return this.tiles.size
  }

  put(channel: number, level: number, tile: Tile): void {
    const key = keyOf(channel, level, Math.round(tile.from / spanOf(level)))
    this.tiles.delete(key)
    this.tiles.set(key, tile)
    for (const oldest of this.tiles.keys()) {
      if (this.tiles.size <= this.most) break
      this.tiles.delete(oldest)
    }
  }

  /** The tile, which counts as used. */
  get(channel: number, level: number, index: number): Tile | undefined {
    const key = keyOf(channel, level, index)
    const tile = this.tiles.get(key)
    if (tile) {
      this.tiles.delete(key)
      this.tiles.set(key, tile)
    }
    return tile
  }

  /** Is there nothing to fetch for this place, because it is held and not out of date? */
  fresh(channel: number, level: number, index: number, now: number): boolean {
    const tile = this.tiles.get(keyOf(channel, level, index))
    return tile !== undefined && now - tile.asked < OLD_MS && tile.t.length <= CROWDED
  }

  /** Nothing that was held is true any more: the channel has got another unit. */
  clear(): void {
    this.tiles.clear()
  }

  /** After a break of the live feed the tiles of now lack what came meanwhile: they are drawn, and asked for again. */
  doubt(since: number): void {
    for (const tile of this.tiles.values()) if (tile.to > since) tile.asked = 0
  }

  /** A reading of now goes into every level's tile of now. */
  add(channel: number, t: number, v: number): void {
    for (let level = 0; level < WIDTHS.length; level++) {
      const tile = this.tiles.get(keyOf(channel, level, Math.floor(t / spanOf(level))))
      if (tile) addReading(tile, t, v)
    }
  }

  /** What there is to draw of a channel between two tiles of a level, ascending and without overlap. */
  pieces(channel: number, level: number, first: number, last: number): Piece[] {
    const out: Piece[] = []
    for (let index = first; index <= last; index++) {
      const tile = this.get(channel, level, index)
      if (tile) out.push({ tile, start: 0, end: tile.t.length })
      else out.push(...this.instead(channel, level, index * spanOf(level), (index + 1) * spanOf(level)))
    }
    return out
  }

  /** What other levels have of a span: the nearest coarser one that holds all of it, else a finer one, else any part. */
  private instead(channel: number, level: number, from: number, to: number): Piece[] {
    let best: Piece[] = []
    let most = 0
    const levels = [...WIDTHS.keys()].slice(level + 1).concat(Array.from({ length: FINER }, (_, i) => level - 1 - i).filter((l) => l >= 0))
    for (const other of levels) {
      const [first, last] = tilesOf(other, from, to)
      const found: Piece[] = []
      let covered = 0
      for (let index = first; index <= last; index++) {
        const tile = this.tiles.get(keyOf(channel, other, index))
        if (!tile) continue
        covered += Math.min(to, tile.to) - Math.max(from, tile.from)
        found.push({ tile, start: indexFrom(tile.t, from), end: indexFrom(tile.t, to) })
      }
      if (covered > most) {
        most = covered
        best = found
      }
      if (covered >= to - from) break
    }
    return best
  }
}

/** What a view needs: its level and its tiles, with one beside on either side. */
export interface Need {
  level: number
  first: number
  last: number
  /** The last tile that can hold anything yet. */
  ends: number
}

export function needOf(from: number, to: number, pixels: number, now: number): Need {
  const level = levelFor(to - from, pixels)
  const [first, last] = tilesOf(level, from, to)
  return { level, first, last, ends: Math.floor(now / spanOf(level)) }
}
