/** Outlines of vessels in a box of 100 by 120, and between which heights they hold something. */
import type { Shape } from './kind'

export interface Vessel {
  /** The inside, closed: what is held is cut to it. */
  inside: string
  /** Drawn over it: walls and rim. */
  walls: string
  top: number
  bottom: number
}

export const vessels: Record<Shape, Vessel> = {
  tank: {
    inside: 'M12 14H88V104Q88 110 82 110H18Q12 110 12 104Z',
    walls: 'M8 10H12V104Q12 110 18 110H82Q88 110 88 104V10H92',
    top: 18,
    bottom: 110,
  },
  carboy: {
    inside: 'M42 6H58V22Q58 30 70 34Q84 39 84 52V102Q84 110 76 110H24Q16 110 16 102V52Q16 39 30 34Q42 30 42 22Z',
    walls: 'M39 6H61M42 6V22Q42 30 30 34Q16 39 16 52V102Q16 110 24 110H76Q84 110 84 102V52Q84 39 70 34Q58 30 58 22V6',
    top: 36,
    bottom: 110,
  },
  reservoir: {
    inside: 'M6 46H94V100Q94 106 88 106H12Q6 106 6 100Z',
    walls: 'M2 42H98M6 42V100Q6 106 12 106H88Q94 106 94 100V42M40 42V34Q40 30 44 30H56Q60 30 60 34V42',
    top: 48,
    bottom: 106,
  },
  pot: {
    inside: 'M20 62H80L73 108Q72 112 68 112H32Q28 112 27 108Z',
    walls: 'M14 56H86V64H14ZM20 64L27 108Q28 112 32 112H68Q72 112 73 108L80 64',
    top: 64,
    bottom: 112,
  },
}

/** What grows out of a pot, as one stem with leaves. */
export const PLANT = 'M50 56V20M50 44C40 44 32 38 30 28C42 28 50 34 50 44ZM50 36C58 36 66 30 68 20C58 20 50 26 50 36ZM50 24C46 18 46 12 50 6C54 12 54 18 50 24Z'

/** 0 to 1 between empty and full, either of which may be the greater: a probe above the water measures the distance to it. Null without a value. */
export function fillOf(value: number | null, empty: number, full: number): number | null {
  if (value === null || !Number.isFinite(value) || empty === full) return null
  return Math.min(1, Math.max(0, (value - empty) / (full - empty)))
}
