/** Mouse, wheel and fingers on a plot. */
import type uPlot from 'uplot'
import { usePinch } from './usePinch'

export interface PointerDeeds {
  inside: (inside: boolean) => void
  cursor: (time: number | null) => void
  /** Zooms by a factor around a moment, then pans by a share of the width. */
  zoomPan: (at: number, factor: number, share: number) => void
  selects: () => boolean
  select: (from: number, to: number) => void
  tap: (at: number) => void
  reset: () => void
}

const MOST_WHEEL = 100
const WHEEL = 200
const TAP_PX = 4
const MIDDLE = 1

/** `grab` answers whether a press was taken for panning: with Shift held, or the middle button. */
export function listenTo(u: uPlot, deeds: PointerDeeds): { grab: (event: MouseEvent) => boolean } {
  const over = u.over
  const at = (event: MouseEvent) => u.posToVal(event.clientX - over.getBoundingClientRect().left, 'x')
  over.addEventListener('pointerenter', () => deeds.inside(true))
  over.addEventListener('pointerleave', () => deeds.inside(false))
  over.addEventListener(
    'wheel',
    (event) => {
      // Without Ctrl a wheel over a page that scrolls is still a zoom: the graph is what the pointer is on.
      event.preventDefault()
      const sideways = event.shiftKey ? event.deltaX || event.deltaY : Math.abs(event.deltaX) > Math.abs(event.deltaY) ? event.deltaX : 0
      if (sideways) deeds.zoomPan(at(event), 1, sideways / over.clientWidth)
      else deeds.zoomPan(at(event), Math.exp(Math.max(-MOST_WHEEL, Math.min(MOST_WHEEL, event.deltaY)) / WHEEL), 0)
    },
    { passive: false },
  )
  usePinch(u, { ...deeds })

  let down: MouseEvent | null = null
  over.addEventListener('mousedown', (event) => (down = event))
  over.addEventListener('mouseup', (event) => {
    const still = down && Math.hypot(event.clientX - down.clientX, event.clientY - down.clientY) < TAP_PX
    if (still && !event.shiftKey && event.button === 0) deeds.tap(at(event))
    down = null
  })

  /** The time axis is a handle: it is dragged to pan. */
  const axis = u.root.querySelector<HTMLElement>('.u-axis')
  if (axis) {
    axis.classList.add('pans')
    axis.addEventListener('pointerdown', (event) => drag(event, axis))
  }
  function drag(event: MouseEvent, handle: HTMLElement) {
    event.preventDefault()
    let before = event.clientX
    handle.classList.add('panning')
    const move = (next: PointerEvent) => {
      deeds.zoomPan(0, 1, (before - next.clientX) / over.clientWidth)
      before = next.clientX
    }
    const end = () => {
      handle.classList.remove('panning')
      window.removeEventListener('pointermove', move)
      window.removeEventListener('pointerup', end)
      window.removeEventListener('pointercancel', end)
    }
    window.addEventListener('pointermove', move)
    window.addEventListener('pointerup', end)
    window.addEventListener('pointercancel', end)
  }
  return {
    grab: (event) => {
      if (!event.shiftKey && event.button !== MIDDLE) return false
      drag(event, over)
      return true
    },
  }
}
