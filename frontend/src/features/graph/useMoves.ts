import { onScopeDispose, type Ref } from 'vue'
import { fixed, pan, zoomAround, type TimeWindow } from './window'

/** Zooms and pans, at most once per frame: what a wheel or two fingers say within one is added up. */
export function useMoves(window: Ref<TimeWindow>) {
  let wanted: TimeWindow | null = null
  let frame = 0
  function move(change: (from: TimeWindow, now: number) => TimeWindow): void {
    wanted = change(wanted ?? window.value, Date.now())
    if (frame) return
    frame = requestAnimationFrame(() => {
      frame = 0
      if (wanted) window.value = wanted
      wanted = null
    })
  }
  onScopeDispose(() => cancelAnimationFrame(frame))
  return {
    zoomPan: (at: number, factor: number, share: number) =>
      move((from, now) => {
        const zoomed = factor === 1 ? from : zoomAround(from, at, factor, now)
        return share ? pan(zoomed, share, now) : zoomed
      }),
    show: (from: number, to: number) => move((_before, now) => fixed(from, to, now)),
  }
}
