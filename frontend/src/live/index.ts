/** The page's one live connection: a worker feeds the store, painted once per animation frame. */
import type { Batch, FromFeed, ToFeed } from './protocol'
import { LiveStore } from './store'

export const live = new LiveStore()
export type { Sample, Quality } from './store'

let worker: Worker | null = null

const tell = (message: ToFeed) => worker?.postMessage(message)

/** Applies a batch with the next frame, then asks for the next one: a hidden page asks for nothing and misses nothing. */
function paint(batch: Batch): void {
  const apply = () => {
    live.apply(batch)
    tell({ kind: 'taken' })
  }
  if (document.visibilityState === 'hidden') setTimeout(apply, 1000)
  else requestAnimationFrame(apply)
}

const wake = () => {
  if (document.visibilityState === 'visible') tell({ kind: 'wake' })
}

export function startLive(): void {
  if (worker) return
  worker = new Worker(new URL('./feed.worker.ts', import.meta.url), { type: 'module', name: 'hypha-live' })
  worker.onmessage = ({ data }: MessageEvent<FromFeed>) => {
    if (data.kind === 'batch') paint(data.batch)
    else live.setConnection(data)
  }
  const scheme = location.protocol === 'https:' ? 'wss' : 'ws'
  tell({ kind: 'start', url: `${scheme}://${location.host}/api/v1/live` })
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
