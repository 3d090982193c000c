/** What a graph leaves out, and what a drag across it does. */
export type Part = 'targets' | 'night' | 'marks' | 'outputs'
export const PARTS: Part[] = ['targets', 'night', 'outputs', 'marks']
export const NO_PARTS: Part[] = []

/** zoom: into what was dragged across; measure: statistics of it; note: write one about it, or about a moment that is clicked. */
export type Tool = 'zoom' | 'measure' | 'note'
