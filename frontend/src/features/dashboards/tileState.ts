/** What a tile says beside a value that is not simply well: colour, icon and word. */
import { translate } from '@/app/i18n'
import type { Target } from '@/api/types'
import { sideOf } from '@/features/overview/zones'
import { formatSpan } from '@/format/time'

export interface TileState {
  tone: 'ok' | 'warn' | 'bad' | 'off'
  icon: string
  words: string
  /** The value is not to be read as the present one. */
  old: boolean
  out: boolean
}

const MANY_MINUTES_MS = 60_000
const doubtful = ['rejected', 'out_of_range', 'calibrating'] as const

export function tileState(reading: { v: number; t: number; quality: string } | null, target: Target | null, now: number): TileState | null {
  if (!reading) return { tone: 'off', icon: 'i-lucide-clock', words: translate('dashboards.waiting'), old: true, out: false }
  if (reading.quality === 'stale') {
    const age = now - reading.t
    const words = age < MANY_MINUTES_MS ? translate('state.stale') : translate('state.old', { span: formatSpan(age) })
    return { tone: 'off', icon: 'i-lucide-clock', words, old: true, out: false }
  }
  const bad = doubtful.find((quality) => quality === reading.quality)
  if (bad) return { tone: 'warn', icon: 'i-lucide-triangle-alert', words: translate(`dashboards.quality.${bad}`), old: true, out: false }
  const side = target ? sideOf(reading.v, target) : null
  if (side) return { tone: 'bad', icon: 'i-lucide-triangle-alert', words: translate(`dashboards.out.${side}`), old: false, out: true }
  return target ? { tone: 'ok', icon: 'i-lucide-check', words: translate('dashboards.in_band'), old: false, out: false } : null
}
