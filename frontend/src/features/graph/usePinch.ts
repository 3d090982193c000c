/** Fingers on a plot: one moves the cursor, two zoom around their middle, a double tap resets. Vertical swipes still scroll the page. */
import type uPlot from 'uplot'

interface Deeds {
  cursor: (time: number | null) => void
  zoom: (at: number, factor: number) => void
  pan: (share: number) => void
  reset: () => void
}

const DOUBLE_TAP_MS = 300

export function usePinch(u: uPlot, deeds: Deeds): void {
  const over = u.over
  over.style.touchAction = 'pan-y'
  let before: { distance: number; middle: number } | null = null
  let lastTap = 0

  const place = (x: number) => x - over.getBoundingClientRect().left
  const two = (touches: TouchList) => {
    const [a, b] = [touches[0], touches[1]]
    if (!a || !b) return null
    return { distance: Math.max(10, Math.abs(a.clientX - b.clientX)), middle: place((a.clientX + b.clientX) / 2) }
  }

  over.addEventListener(
    'touchstart',
    (event) => {
      before = event.touches.length === 2 ? two(event.touches) : null
      const now = event.timeStamp
      if (event.touches.length === 1) {
        if (now - lastTap < DOUBLE_TAP_MS) deeds.reset()
        lastTap = now
      }
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
        return
      }
      const now = two(event.touches)
      if (!now || !before) return
      event.preventDefault()
      deeds.zoom(u.posToVal(now.middle, 'x'), before.distance / now.distance)
      deeds.pan((before.middle - now.middle) / over.clientWidth)
      before = now
    },
    { passive: false },
  )
  over.addEventListener('touchend', () => {
    before = null
  })
}
