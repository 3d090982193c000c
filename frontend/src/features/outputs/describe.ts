/** What an output does now, why, and until when, in words. */
import { translate } from '@/app/i18n'
import type { Output, OutputChannel, OutputState } from '@/api/types'
import { formatNumber, formatPlain, MISSING } from '@/format/number'
import { formatDuration, formatMoment, toMs } from '@/format/time'
import { actorOf } from './actor'

/** hand: somebody drives it; safe: held in its safe state; on and rest: as it was told. */
export type OutputTone = 'hand' | 'safe' | 'on' | 'rest'

export interface OutputWords {
  value: string
  active: boolean
  tone: OutputTone
  why: string
  until: string
}

/** Where who did it says why already. */
const SAID = new Set(['stop', 'timer', 'at_start', 'at_stop'])
const SAFE = new Set(['safe', 'stop', 'lease', 'fault', 'limp', 'backup'])
const SOON_MS = 10 * 60_000

export function levelText(state: Pick<OutputState, 'on' | 'duty' | 'value' | 'volume_ml'>): string {
  if (state.duty !== undefined) return `${formatNumber(state.duty, Number.isInteger(state.duty) ? 0 : 1)} %`
  if (state.on !== undefined) return translate(state.on ? 'output.on' : 'output.off')
  if (state.value !== undefined) return formatPlain(state.value, 3)
  if (state.volume_ml !== undefined) return `${formatPlain(state.volume_ml, 1)} ml`
  return MISSING
}

export const isActive = (state: Pick<OutputState, 'on' | 'duty' | 'value' | 'volume_ml'>): boolean =>
  state.on === true || (state.duty ?? 0) > 0 || (state.value ?? 0) !== 0 || (state.volume_ml ?? 0) > 0

function toneOf(state: OutputState): OutputTone {
  if (SAFE.has(state.by)) return 'safe'
  if (state.by.startsWith('user:')) return 'hand'
  return isActive(state) ? 'on' : 'rest'
}

function untilText(state: OutputState, now: number): string {
  if (state.by === 'stop') return translate('output.until_released')
  const end = toMs(state.ends_at)
  if (end !== null && end > now) {
    return end - now < SOON_MS ? translate('output.left', { span: formatDuration(end - now) }) : translate('output.until', { time: formatMoment(end, now) })
  }
  const lease = toMs(state.lease_until)
  if (lease !== null && lease > now) return translate('output.lease', { time: formatMoment(lease, now) })
  return translate('output.continuous')
}

export function describeOutput(state: OutputState, now: number, nameOf?: (ref: string) => string | undefined): OutputWords {
  const plain = SAID.has(state.by) ? '' : state.reason
  const reason = (state.error || (state.assumed ? translate('output.assumed') : plain) || '').replace(/\b(user|token|function):/g, '')
  const actor = state.by ? actorOf(state.by, nameOf) : ''
  return {
    value: levelText(state),
    active: isActive(state),
    tone: toneOf(state),
    why: [actor, reason].filter((part, i, all) => part && all.indexOf(part) === i).join(': '),
    until: untilText(state, now),
  }
}

/** An output with several channels names each; a single one is called as the output. */
export const outputChannelName = (output: Output, channel: OutputChannel): string =>
  output.channels.length > 1 ? `${output.name}, ${channel.name || channel.index + 1}` : output.name

export interface OutputLine {
  output: Output
  channel: OutputChannel
  key: string
}
export const linesOf = (outputs: Output[]): OutputLine[] =>
  outputs.flatMap((output) => output.channels.map((channel) => ({ output, channel, key: `${output.id}/${channel.index}` })))
