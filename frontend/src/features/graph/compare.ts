/** With which earlier time a graph is compared: an offset in ms, in the address by its name where it has one. */
import { translate } from '@/app/i18n'
import { formatDuration } from '@/format/time'

const DAY = 86_400_000
export const OFFSETS = { '1d': DAY, '7d': 7 * DAY, '30d': 30 * DAY, '1y': 365 * DAY } as const
export type OffsetName = keyof typeof OFFSETS
export const OFFSET_NAMES = Object.keys(OFFSETS) as OffsetName[]
const MOST = 40 * 365 * DAY

/** 0 for none. */
export function readOffset(text: string | undefined): number {
  const named = OFFSET_NAMES.find((name) => name === text)
  if (named) return OFFSETS[named]
  const ms = Math.round(Number(text))
  return text && Number.isFinite(ms) && Math.abs(ms) <= MOST ? ms : 0
}

export const writeOffset = (ms: number): string | undefined => (ms ? (OFFSET_NAMES.find((name) => OFFSETS[name] === ms) ?? String(ms)) : undefined)

/** "Yesterday", "3 d 4 h earlier". */
export function offsetText(ms: number): string {
  const named = OFFSET_NAMES.find((name) => OFFSETS[name] === ms)
  if (named) return translate(`graph.compare.${named}`)
  return translate(ms > 0 ? 'graph.compare.earlier' : 'graph.compare.later', { span: formatDuration(Math.abs(ms)) })
}
