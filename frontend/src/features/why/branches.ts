/** What hangs on the answer: limits in force, who waited, what was refused, in words. */
import { known, translate as t } from '@/app/i18n'
import type { OutputWhy } from '@/api/types'
import { formatPlain } from '@/format/number'
import { formatDuration } from '@/format/time'
import { actorOf } from '@/features/outputs/actor'
import { levelText } from '@/features/outputs/describe'

export interface Branch {
  key: string
  icon: string
  tone: string
  text: string
}

const SHOWN = 3
const secondsOf = (name: string): boolean => name.endsWith('_s')

export function branchesOf(why: OutputWhy, nameOf: (ref: string) => string | undefined, say: (text: string) => string): Branch[] {
  const limits = Object.entries(why.limits as Record<string, unknown>).flatMap(([name, value]) =>
    typeof value === 'number' && value > 0
      ? [{ key: `limit ${name}`, icon: 'i-lucide-shield', tone: 'text-safe', text: t('why.limit', { name: known('output_form.limit', name), value: secondsOf(name) ? formatDuration(value * 1000) : formatPlain(value, 3) }) }]
      : [],
  )
  const waiting = (why.waiting ?? []).map((claim) => ({
    key: `waits ${claim.by}`,
    icon: 'i-lucide-hourglass',
    tone: 'text-muted',
    text: t('why.waits', { who: actorOf(claim.by ?? '', nameOf), level: levelText(claim) }),
  }))
  const all = why.refused ?? []
  const refused = all.slice(0, SHOWN).map((one, i) => ({
    key: `refused ${i}`,
    icon: 'i-lucide-ban',
    tone: 'text-warn',
    text: t('why.refused', { who: actorOf(one.by, nameOf), level: levelText(one.level), reason: say(one.reason) }),
  }))
  const more = all.length > SHOWN ? [{ key: 'refused more', icon: 'i-lucide-ban', tone: 'text-muted', text: moreText(all.length - SHOWN) }] : []
  return [...limits, ...waiting, ...refused, ...more]
}

const moreText = (n: number): string => t('why.refused_more', { n }, n)
