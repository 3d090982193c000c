/** A drawing made of a few kinds of marks, which a file of vectors and a picture are both written from. Lengths in px. */
export interface Box {
  x: number
  y: number
  w: number
  h: number
}
export type Item =
  | ({ kind: 'rect'; fill: string } & Box)
  /** Lines, each of at least two points; a gap begins a new one. */
  | { kind: 'lines'; lines: [x: number, y: number][][]; stroke: string; width: number; dash?: number[]; clip?: Box }
  | { kind: 'areas'; areas: [x: number, y: number][][]; fill: string; clip?: Box }
  | { kind: 'text'; x: number; y: number; text: string; size: number; weight: number; fill: string; anchor: 'start' | 'middle' | 'end' }

export interface Scene {
  width: number
  height: number
  ground: string
  items: Item[]
}

export const FONT = 'Inter Variable, Inter, system-ui, sans-serif'
