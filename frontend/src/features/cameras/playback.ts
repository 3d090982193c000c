/** Playing stills: which one is next, and which are fetched ahead. */
export const speeds = [4, 12, 24] as const
export type Speed = (typeof speeds)[number]

/** How many stills are fetched before they are shown. */
const AHEAD = 12

export const after = (at: number, count: number): number => (count ? (at + 1) % count : 0)

/** The places to fetch ahead of one, around the end. */
export function ahead(at: number, count: number): number[] {
  return Array.from({ length: Math.min(AHEAD, Math.max(0, count - 1)) }, (_, n) => (at + 1 + n) % count)
}

/** The still nearest to a time; -1 when there is none. Times go up. */
export function nearest(times: number[], t: number): number {
  let low = 0
  let high = times.length - 1
  if (high < 0) return -1
  while (low < high) {
    const middle = (low + high) >> 1
    if (times[middle]! < t) low = middle + 1
    else high = middle
  }
  return low > 0 && t - times[low - 1]! <= times[low]! - t ? low - 1 : low
}
