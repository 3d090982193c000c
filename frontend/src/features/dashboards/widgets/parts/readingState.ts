/** How a reading is, in a tone, an icon and a word: what is not simply well is never told by colour alone. */
import { translate as t } from '@/app/i18n'
import { sideOf } from '@/features/overview/zones'
import { formatSpan } from '@/format/time'

export interface Limits {
  min?: number
  max?: number
}

export interface ReadingState {
  tone: 'ok' | 'warn' | 'bad' | 'off'
  icon: string
  words: string
  /** The value is not to be read as the present one. */
  old: boolean
  out: boolean
}

export const tones = { ok: 'text-ok', warn: 'text-warn', bad: 'text-bad', off: 'text-off' } as const

const JUST_MS = 60_000
const doubtful = ['rejected', 'out_of_range', 'calibrating'] as const

interface Read {
  v: number
  t: number
  quality: string
}

/** `maxAge` is the age in ms after which a value no longer counts; the channel's own silence is told by its quality. */
export function readingState(reading: Read | null, limits: Limits | null, now: number, maxAge = Infinity): ReadingState | null {
  if (!reading) return { tone: 'off', icon: 'i-lucide-clock', words: t('widgets.state.waiting'), old: true, out: false }
  const age = now - reading.t
  if (reading.quality === 'stale' || age > maxAge) {
    const words = age < JUST_MS ? t('state.stale') : t('state.old', { span: formatSpan(age) })
    return { tone: 'off', icon: 'i-lucide-clock', words, old: true, out: false }
  }
  const bad = doubtful.find((quality) => quality === reading.quality)
  if (bad) return { tone: 'warn', icon: 'i-lucide-triangle-alert', words: t(`widgets.state.${bad}`), old: true, out: false }
  const side = limits ? sideOf(reading.v, { channel: 0, ...limits }) : null
  if (side) return { tone: 'bad', icon: side === 'low' ? 'i-lucide-arrow-down' : 'i-lucide-arrow-up', words: t(`widgets.state.${side}`), old: false, out: true }
  return limits ? { tone: 'ok', icon: 'i-lucide-check', words: t('widgets.state.in_band'), old: false, out: false } : null
}

/** The same state again keeps its object, so that nothing is drawn anew each second. */
export const sameState = (a: ReadingState | null | undefined, b: ReadingState | null): boolean =>
  !!a === !!b && a?.words === b?.words && a?.tone === b?.tone && a?.icon === b?.icon && a?.old === b?.old
