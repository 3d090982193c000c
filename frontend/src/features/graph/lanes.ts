/** What outputs did, as lanes under the curves: pieces of time with how much of it was given. Times in ms. */
import type { HyphaEvent, OutputState } from '@/api/types'

export type Level = Pick<OutputState, 'on' | 'duty' | 'value' | 'volume_ml'>

/** A moment at which an output went to a level. */
export interface Turn {
  t: number
  index: number
  level: Level
}

export interface Piece {
  from: number
  to: number
  level: Level
  /** 0 to 1: how high the lane is drawn. */
  share: number
}

export function turnOf(event: HyphaEvent): Turn | null {
  const { level, index } = event.data as { level?: Level | null; index?: number }
  return event.type === 'output' && level && typeof index === 'number' ? { t: Date.parse(event.t), index, level } : null
}

export const turnsOf = (events: HyphaEvent[] = []): Turn[] => events.flatMap((event) => turnOf(event) ?? [])

/** Turns of one channel in the order of time, the last of each moment only. */
export function inOrder(turns: Turn[], index: number): Turn[] {
  const mine = turns.filter((turn) => turn.index === index).sort((a, b) => a.t - b.t)
  return mine.filter((turn, i) => turn.t !== mine[i + 1]?.t)
}

const amount = (level: Level): number => level.value ?? level.volume_ml ?? 0

function shareOf(level: Level, most: number): number {
  if (level.on !== undefined) return level.on ? 1 : 0
  if (level.duty !== undefined) return Math.min(1, Math.max(0, level.duty / 100))
  return most > 0 ? Math.min(1, Math.abs(amount(level)) / most) : 0
}

/** The pieces between two edges. Before the first turn nothing is known, and nothing is drawn. */
export function toPieces(turns: Turn[], from: number, to: number): Piece[] {
  const most = Math.max(0, ...turns.map((turn) => Math.abs(amount(turn.level))))
  return turns.flatMap((turn, i) => {
    const start = Math.max(from, turn.t)
    const end = Math.min(to, turns[i + 1]?.t ?? Infinity)
    return end > start ? [{ from: start, to: end, level: turn.level, share: shareOf(turn.level, most) }] : []
  })
}

export const pieceAt = (pieces: Piece[], at: number): Piece | null => pieces.find((piece) => piece.from <= at && at <= piece.to) ?? null

/** For how long it gave anything, and how often it began to. */
export function runOf(pieces: Piece[]): { ms: number; starts: number } {
  const running = pieces.filter((piece) => piece.share > 0)
  return {
    ms: running.reduce((sum, piece) => sum + piece.to - piece.from, 0),
    starts: pieces.filter((piece, i) => piece.share > 0 && i > 0 && pieces[i - 1]?.share === 0).length,
  }
}
