/** Fingers on a plot: one moves the cursor (or selects, with that tool), two zoom around their middle, a double tap resets. Vertical swipes still scroll the page. */
import type uPlot from 'uplot'

interface Deeds {
  cursor: (time: number | null) => void
  zoomPan: (at: number, factor: number, share: number) => void
  reset: () => void
  /** Does one finger select? */
  selects: () => boolean
  select: (from: number, to: number) => void
}

const DOUBLE_TAP_MS = 300
const LEAST_PX = 8

export function usePinch(u: uPlot, deeds: Deeds): void {
  const over = u.over
  over.style.touchAction = 'pan-y'
  let before: { distance: number; middle: number } | null = null
  let start: number | null = null
  let lastTap = 0

  const place = (x: number) => x - over.getBoundingClientRect().left
  const two = (touches: TouchList) => {
    const [a, b] = [touches[0], touches[1]]
    if (!a || !b) return null
    return { distance: Math.max(10, Math.hypot(a.clientX - b.clientX, a.clientY - b.clientY)), middle: place((a.clientX + b.clientX) / 2) }
  }

  over.addEventListener(
    'touchstart',
    (event) => {
      before = event.touches.length === 2 ? two(event.touches) : null
      const [touch] = event.touches
      start = event.touches.length === 1 && touch ? place(touch.clientX) : null
      if (start === null) return
      if (event.timeStamp - lastTap < DOUBLE_TAP_MS) deeds.reset()
      lastTap = event.timeStamp
    },
    { passive: true },
  )
  over.addEventListener(
    'touchmove',
    (event) => {
      const touch = event.touches[0]
      if (event.touches.length === 1 && touch) {
        const left = place(touch.clientX)
        u.setCursor({ left, top: 10 })
        deeds.cursor(u.posToVal(left, 'x'))
        if (start === null || !deeds.selects()) return
        event.preventDefault()
        u.setSelect({ left: Math.min(start, left), top: 0, width: Math.abs(left - start), height: over.clientHeight }, false)
        return
      }
      const now = two(event.touches)
      if (!now || !before) return
      event.preventDefault()
      deeds.zoomPan(u.posToVal(now.middle, 'x'), before.distance / now.distance, (before.middle - now.middle) / over.clientWidth)
      before = now
    },
    { passive: false },
  )
  over.addEventListener('touchend', () => {
    before = null
    if (start !== null && deeds.selects() && u.select.width >= LEAST_PX) deeds.select(u.posToVal(u.select.left, 'x'), u.posToVal(u.select.left + u.select.width, 'x'))
    if (u.select.width) u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false)
    start = null
  })
}
