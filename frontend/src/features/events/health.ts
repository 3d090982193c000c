/** How something was over a stretch of time, read from the journal. Times in ms. */
import type { HyphaEvent, Status } from '@/api/types'
import { toMs } from '@/format/time'

/** off: a person has switched it off; down: Hypha itself did not run. */
export type Health = 'well' | 'degraded' | 'backing_off' | 'failed' | 'off' | 'down'
export interface Span {
  from: number
  to: number
  health: Health
  error: string
}

const ill: readonly string[] = ['degraded', 'backing_off', 'failed']
const isHealth = (word: unknown): word is Health => typeof word === 'string' && ill.includes(word)

/** What an event says about the health from then on; null: nothing. */
export function turnOf(event: HyphaEvent): { health: Health; error: string } | null {
  const data = event.data ?? {}
  const error = typeof data.error === 'string' ? data.error : ''
  if (event.type === 'system') return typeof data.started === 'boolean' ? { health: data.started ? 'well' : 'down', error: '' } : null
  if (event.type === 'audit') return data.action === 'disabled' || data.action === 'deleted' ? { health: 'off', error: '' } : ['enabled', 'restored', 'created'].includes(String(data.action)) ? { health: 'well', error: '' } : null
  if (event.type !== 'controller') return null
  return isHealth(data.state) ? { health: data.state, error } : data.state === 'running' ? { health: 'well', error: '' } : null
}

export interface Frame {
  from: number
  to: number
  /** Before this it did not exist, and nothing is drawn. */
  since: number
  status: Pick<Status, 'state' | 'since' | 'error'>
  enabled: boolean
}

/** The pieces between two edges, oldest first. While Hypha was down, what was switched off stays so. */
export function spansOf(events: readonly HyphaEvent[], frame: Frame): Span[] {
  const turns = events
    .flatMap((event) => {
      const turn = turnOf(event)
      return turn ? [{ at: Date.parse(event.t), type: event.type, ...turn }] : []
    })
    .sort((a, b) => a.at - b.at)
  const spans: Span[] = []
  let now: { health: Health; error: string } = { health: 'well', error: '' }
  let off = false
  let at = frame.since
  const close = (to: number) => {
    const from = Math.max(at, frame.from, frame.since)
    const end = Math.min(to, frame.to)
    const last = spans.at(-1)
    if (end <= from) return
    if (last?.health === now.health && last.error === now.error && last.to === from) last.to = end
    else spans.push({ from, to: end, ...now })
  }
  for (const turn of turns) {
    close(turn.at)
    at = Math.max(at, turn.at)
    if (turn.type === 'audit') off = turn.health === 'off'
    now = turn.health === 'well' && off ? { health: 'off', error: '' } : { health: turn.health, error: turn.error }
  }
  // What is true now is known better than from the journal, which keeps silent when an illness ends with a restart.
  const truth: Health = !frame.enabled ? 'off' : isHealth(frame.status.state) ? frame.status.state : 'well'
  const since = toMs(frame.status.since) ?? frame.to
  if (truth !== now.health && since > at) {
    close(since)
    at = since
  }
  now = { health: truth, error: frame.status.error ?? '' }
  close(frame.to)
  return spans
}

export interface Sum {
  /** Of the time in which it was asked to work: 0 to 1; null when there was none. */
  uptime: number | null
  troubles: number
  longest: number
}

/** Degraded still gives values: it counts as up. */
export function sumOf(spans: readonly Span[]): Sum {
  const length = (of: (span: Span) => boolean) => spans.filter(of).reduce((sum, span) => sum + span.to - span.from, 0)
  const asked = length((span) => span.health !== 'off')
  const up = length((span) => span.health === 'well' || span.health === 'degraded')
  const isIll = (span: Span) => ill.includes(span.health)
  return {
    uptime: asked > 0 ? up / asked : null,
    troubles: spans.filter((span, i) => isIll(span) && !(i > 0 && isIll(spans[i - 1] as Span))).length,
    longest: Math.max(0, ...spans.filter(isIll).map((span) => span.to - span.from)),
  }
}

/** Never rounded up to a perfection that was not. */
export function percent(share: number): string {
  if (share === 1) return '100'
  const digits = share > 0.99 ? 2 : 1
  const scale = 10 ** digits
  return (Math.floor(share * 100 * scale) / scale).toFixed(digits)
}
