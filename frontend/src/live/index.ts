/** The page's one live connection: a worker feeds the store, painted once per animation frame. */
import type { Batch, FromFeed, ToFeed } from './protocol'
import { LiveStore } from './store'

export const live = new LiveStore()
export type { Sample, Quality } from './store'

let worker: Worker | null = null

const tell = (message: ToFeed) => worker?.postMessage(message)

/** Two hundred sensors of 1 Hz change something in every frame; a tenth of a second is soon enough, and a sixth of the work. */
const PAUSE_MS = 100

/** Applies a batch with the next frame, and asks for the next one after a pause: a hidden page asks for nothing and misses nothing. */
function paint(batch: Batch): void {
  const apply = () => {
    live.apply(batch)
    setTimeout(() => tell({ kind: 'taken' }), PAUSE_MS)
  }
  if (document.visibilityState === 'hidden') setTimeout(apply, 1000)
  else requestAnimationFrame(apply)
}

const wake = () => {
  if (document.visibilityState === 'visible') tell({ kind: 'wake' })
}

/** A link to a dashboard hears no events. */
export function startLive({ events = true } = {}): void {
  if (worker) return
  worker = new Worker(new URL('./feed.worker.ts', import.meta.url), { type: 'module', name: 'hypha-live' })
  worker.onmessage = ({ data }: MessageEvent<FromFeed>) => {
    if (data.kind === 'batch') paint(data.batch)
    else live.setConnection(data)
  }
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
  tell({ kind: 'start', url: `${scheme}://${location.host}/api/v1/live`, events })
  window.addEventListener('online', wake)
  document.addEventListener('visibilitychange', wake)
}

export function stopLive(): void {
  tell({ kind: 'stop' })
  worker?.terminate()
  worker = null
  window.removeEventListener('online', wake)
  document.removeEventListener('visibilitychange', wake)
  live.clear()
}
