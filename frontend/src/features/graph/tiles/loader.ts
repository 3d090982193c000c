/** Fetches the tiles that a view lacks, those in sight first and then those beside; what is no longer wanted is called off. */
import { pointsFor, spanOf, widthOf } from './levels'
import type { Need, TileStore } from './store'
import { toTiles } from './tile'
import type { Series } from '@/api/types'

export interface Ask {
  channel: number[]
  from: number
  to: number
  points: number
}
export type Fetch = (ask: Ask, signal: AbortSignal) => Promise<Series[]>

interface Flight {
  level: number
  first: number
  last: number
  channels: number[]
  abort: AbortController
}

/** So many tiles in one request: the answer is still small. */
const MOST_TILES = 8

export class Loader {
  private readonly flights = new Set<Flight>()

  constructor(
    private readonly store: TileStore,
    private readonly fetch: Fetch,
    private readonly on: { change: () => void; error: (problem: unknown) => void; busy: (busy: boolean) => void },
  ) {}

  /** Asks for what is missing; answers whether something in sight is. */
  want(channels: number[], need: Need): boolean {
    for (const flight of this.flights) {
      if (flight.level !== need.level || flight.last < need.first - 1 || flight.first > need.last + 1) this.end(flight)
    }
    const seen = this.request(channels, need, need.first, need.last)
    if (!seen && !this.flights.size) {
      this.request(channels, need, need.first - 1, need.first - 1)
      this.request(channels, need, need.last + 1, need.last + 1)
    }
    this.on.busy(seen)
    return seen
  }

  stop(): void {
    for (const flight of this.flights) this.end(flight)
  }

  private end(flight: Flight): void {
    this.flights.delete(flight)
    flight.abort.abort()
  }

  private request(channels: number[], need: Need, first: number, last: number): boolean {
    const now = Date.now()
    const flying = (channel: number, index: number) =>
      [...this.flights].some((f) => f.level === need.level && f.first <= index && index <= f.last && f.channels.includes(channel))
    let asked = false
    for (let index = first; index <= Math.min(last, need.ends); ) {
      const lacking = channels.filter((channel) => !this.store.fresh(channel, need.level, index, now))
      const open = lacking.filter((channel) => !flying(channel, index))
      if (lacking.length) asked = true
      if (!open.length) {
        index += 1
        continue
      }
      let end = index
      const same = (at: number) => open.every((channel) => !this.store.fresh(channel, need.level, at, now) && !flying(channel, at))
      while (end < Math.min(last, need.ends) && end - index + 1 < MOST_TILES && same(end + 1)) end += 1
      void this.fly({ level: need.level, first: index, last: end, channels: open, abort: new AbortController() })
      index = end + 1
    }
    return asked
  }

  private async fly(flight: Flight): Promise<void> {
    this.flights.add(flight)
    const { level, first, last, channels, abort } = flight
    const span = spanOf(level)
    const asked = Date.now()
    try {
      const tiles = last - first + 1
      const answer = await this.fetch({ channel: channels, from: first * span, to: (last + 1) * span, points: pointsFor(level, tiles) }, abort.signal)
      if (abort.signal.aborted) return
      for (const series of answer) for (const tile of toTiles(series, first * span, span, tiles, widthOf(level), asked)) this.store.put(series.channel, level, tile)
      this.flights.delete(flight)
      this.on.change()
    } catch (problem) {
      if (abort.signal.aborted) return
      this.flights.delete(flight)
      this.on.error(problem)
    }
  }
}
