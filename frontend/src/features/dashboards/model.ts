/** A dashboard: widgets on a grid of twelve columns, and on a phone a column of its own order. */

/** Columns and rows of the grid; a row is 62 px and the gap 12 px. */
export interface Place {
  x: number
  y: number
  w: number
  h: number
}

export interface Widget {
  /** Unique in its dashboard. */
  id: string
  /** Which of the kinds in widgets/kinds.ts. */
  kind: string
  /** Instead of the title that the kind finds itself. */
  title?: string
  options: Record<string, unknown>
  desktop: Place
  /** Two columns on a phone; without it the widget follows the desktop's order in its full width. */
  phone?: Place
}
