/** How an input is, in the words and colours of the interface. */
import { translate } from '@/app/i18n'
import type { Input, State, Status } from '@/api/types'
import { formatClock, formatDuration, formatSpan, toMs } from '@/format/time'
import type { Quality } from '@/live'

/** What a person sees: the controller's states, and stale, which is about values. */
export type Face = State | 'stale'
export type Tone = 'ok' | 'warn' | 'bad' | 'off'

export const toneOf: Record<Face, Tone> = {
  running: 'ok',
  initializing: 'off',
  degraded: 'warn',
  backing_off: 'warn',
  failed: 'bad',
  stopping: 'off',
  stopped: 'off',
  inactive: 'off',
  stale: 'off',
}

/** States and how urgent they are: the list and the overview put the highest first. */
const urgency: Partial<Record<Face, number>> = { failed: 4, backing_off: 3, degraded: 2, stale: 1 }
export const urgencyOf = (face: Face): number => urgency[face] ?? 0

/** A running input whose every value has grown old is stale: it lives, but nothing comes. */
export function faceOf(status: Pick<Status, 'state'>, qualities: (Quality | null)[]): Face {
  if (status.state !== 'running') return status.state
  const known = qualities.filter((quality) => quality !== null)
  return known.length > 0 && known.every((quality) => quality === 'stale') ? 'stale' : 'running'
}

/** Seconds to the next try, never negative; null when none is planned. */
export function secondsToTry(status: Pick<Status, 'next_try_at'>, now: number): number | null {
  const at = toMs(status.next_try_at)
  return at === null ? null : Math.max(0, Math.ceil((at - now) / 1000))
}

/** The word of the state: "Running", "Next try in 18 s", "34 min old". */
export function stateWord(face: Face, status: Pick<Status, 'next_try_at' | 'last_reading_at'>, now: number): string {
  if (face === 'backing_off') {
    const seconds = secondsToTry(status, now)
    if (seconds === null) return translate('state.backing_off')
    return seconds === 0 ? translate('state.trying') : translate('state.next_try', { span: formatDuration(seconds * 1000) })
  }
  if (face === 'stale') {
    const last = toMs(status.last_reading_at)
    return last === null ? translate('state.stale') : translate('state.old', { span: formatSpan(now - last) })
  }
  return translate(`state.${face}`)
}

/** The small line under the word: attempt, since when, how often a value is due. */
export function stateDetail(face: Face, input: Pick<Input, 'period_s'>, status: Status, now: number): string {
  if (face === 'backing_off') return translate('state.attempt', { n: status.attempt })
  if (face === 'stale') return input.period_s > 0 ? translate('state.due', { span: formatDuration(input.period_s * 1000) }) : ''
  if (face !== 'failed' && face !== 'degraded') return ''
  const since = toMs(status.since)
  if (since === null) return ''
  const text = now - since < 86_400_000 ? formatClock(since) : formatDuration(now - since)
  return now - since < 86_400_000 ? translate('state.since', { time: text }) : translate('state.for', { span: text })
}
