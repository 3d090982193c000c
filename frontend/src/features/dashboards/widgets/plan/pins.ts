/** Values on a picture. Places are per cent of its width and height, so that they keep their spot in every size. */
import { idOf, listOf, numberOf } from '../parts/options'

export interface Pin {
  channel: number
  x: number
  y: number
}

const within = (x: number) => Math.min(100, Math.max(0, Math.round(x * 10) / 10))

/** Where pins stand that nobody has put anywhere: in rows, clear of each other. */
function spot(n: number, of: number): { x: number; y: number } {
  const columns = Math.max(1, Math.ceil(Math.sqrt(of)))
  const rows = Math.ceil(of / columns)
  return { x: within(((n % columns) + 0.5) * (100 / columns)), y: within((Math.floor(n / columns) + 0.5) * (100 / rows)) }
}

export const spots = (channels: number[]): Pin[] => channels.map((channel, n) => ({ channel, ...spot(n, channels.length) }))

/** Saved pins; those without a value are left out, those without a place get one. */
export function pinsOf(saved: unknown): Pin[] {
  const list = listOf(saved)
  return list.flatMap((item, n) => {
    const channel = idOf(item.channel)
    if (channel === undefined) return []
    const usual = spot(n, list.length)
    return [{ channel, x: within(numberOf(item.x) ?? usual.x), y: within(numberOf(item.y) ?? usual.y) }]
  })
}

export const moved = (pins: Pin[], at: number, x: number, y: number): Pin[] => pins.map((pin, i) => (i === at ? { ...pin, x: within(x), y: within(y) } : pin))

/** Ids of pictures are names in the address of a file: nothing that leads elsewhere. */
export const pictureOf = (id: unknown): string | null => (typeof id === 'string' && /^[\w-]{1,100}$/.test(id) ? `/api/v1/files/${id}` : null)
