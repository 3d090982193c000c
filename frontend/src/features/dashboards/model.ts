/** A dashboard: widgets on a grid of twelve columns, and on a phone on two. */

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
  /** Two columns on a phone; without it the widget follows the desktop's order, a small one in half the width. */
  phone?: Place
}

/** The two layouts of a dashboard. */
export type Form = 'desktop' | 'phone'
export const COLUMNS: Record<Form, number> = { desktop: 12, phone: 2 }
/** How many columns of a desktop one is as wide as: what a view makes of its width is the same on both. */
export const WIDTHS: Record<Form, number> = { desktop: 1, phone: 2 }
export const ROW_PX = 62
export const GAP_PX = 12
export const MOST_WIDGETS = 200

const ID_LETTERS = 8
/** A new id: it need not be secret, only another one. */
export const newId = (): string => Math.random().toString(36).slice(2, 2 + ID_LETTERS).padEnd(ID_LETTERS, '0')
