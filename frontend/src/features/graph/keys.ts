/** The graph under the keyboard: arrows pan, plus and minus zoom, Home goes to the oldest reading, End back to now, 0 resets; with Shift the arrows move the cursor. */
import type { Span } from './backdrop'

export interface KeyDeeds {
  zoomPan: (at: number, factor: number, share: number) => void
  show: (from: number, to: number) => void
  reset: () => void
  start: () => void
  end: () => void
  cursor: (at: number | null) => void
  note: (at: number) => void
}

const PAN = 0.25
const FAR = 0.9
const IN = 0.6
const OUT = 1 / IN
const CURSOR = 0.01

/** Answers whether the key was one of the graph's. */
export function keyDeed(event: KeyboardEvent, { from, to }: Span, cursor: number | null, deeds: KeyDeeds): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey) return false
  const around = cursor ?? (from + to) / 2
  const step = (by: number) => {
    const next = Math.min(to, Math.max(from, (cursor ?? (from + to) / 2) + by * (to - from) * CURSOR))
    deeds.cursor(next)
  }
  const known: Record<string, () => void> = {
    ArrowLeft: () => (event.shiftKey ? step(-1) : deeds.zoomPan(around, 1, -PAN)),
    ArrowRight: () => (event.shiftKey ? step(1) : deeds.zoomPan(around, 1, PAN)),
    PageUp: () => deeds.zoomPan(around, 1, -FAR),
    PageDown: () => deeds.zoomPan(around, 1, FAR),
    '+': () => deeds.zoomPan(around, IN, 0),
    '=': () => deeds.zoomPan(around, IN, 0),
    '-': () => deeds.zoomPan(around, OUT, 0),
    End: () => deeds.end(),
    Home: () => deeds.start(),
    '0': () => deeds.reset(),
    Enter: () => deeds.note(around),
    n: () => deeds.note(around),
    Escape: () => deeds.cursor(null),
  }
  const deed = known[event.key]
  deed?.()
  return deed !== undefined
}
