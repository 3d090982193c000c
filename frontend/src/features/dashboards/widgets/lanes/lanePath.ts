import type { Piece } from '@/features/graph/lanes'

const LEAST_PX = 1.5
const LEAST_HIGH = 2

/** The outline of what was given, between two moments, on a strip of this size. What was short stays visible. */
export function lanePath(pieces: Piece[], from: number, to: number, width: number, height: number): string {
  if (!(to > from) || width <= 0) return ''
  const x = (at: number) => ((at - from) / (to - from)) * width
  return pieces
    .filter((piece) => piece.share > 0)
    .map((piece) => {
      const left = x(piece.from)
      const right = Math.max(left + LEAST_PX, x(piece.to))
      const top = height - Math.max(LEAST_HIGH, piece.share * height)
      return `M${left.toFixed(1)} ${height}V${top.toFixed(1)}H${right.toFixed(1)}V${height}Z`
    })
    .join('')
}
