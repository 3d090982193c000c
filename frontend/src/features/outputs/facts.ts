/** What an output may do and where it falls, in words for a person who looks, not edits. */
import type { OutputChannel } from '@/api/types'
import { translate as t } from '@/app/i18n'
import { formatPlain } from '@/format/number'
import { formatDuration } from '@/format/time'
import { levelText } from './describe'
import { toLevel } from './level'
import { limitNames } from './outputFields'

export interface Fact {
  key: string
  label: string
  value: string
}
type Ruled = Pick<OutputChannel, 'type' | 'safe' | 'at_start' | 'at_stop' | 'limits'>

function safeText({ type, safe }: Ruled): string {
  const level = toLevel(safe)
  if (level === 'keep') return t('output_form.level.keep')
  if (level) return levelText(level)
  if (type === 'on_off') return t('output_form.level.off')
  return type === 'pwm' ? levelText({ duty: 0 }) : t(type === 'volume' ? 'output_form.level.nothing' : 'output_form.level.keep')
}

function fallText(raw: unknown): string {
  const level = toLevel(raw)
  if (level === null) return t('output_form.level.safe')
  return level === 'keep' ? t('output_form.level.keep') : levelText(level)
}

/** Safe state, start, stop, and the limits that are set. */
export function ruleFacts(channel: Ruled): Fact[] {
  const limits = channel.limits as Record<string, number | null | undefined>
  return [
    { key: 'safe', label: t('output_form.safe'), value: safeText(channel) },
    { key: 'at_start', label: t('output_form.at_start'), value: fallText(channel.at_start) },
    { key: 'at_stop', label: t('output_form.at_stop'), value: fallText(channel.at_stop) },
    ...limitNames[channel.type].flatMap(([name, unit]) => {
      const limit = limits[name]
      if (limit === undefined || limit === null) return []
      const value = unit === 's' ? formatDuration(limit * 1000) : [formatPlain(limit, 3), unit].filter(Boolean).join(' ')
      return [{ key: name, label: t(`output_form.limit.${name}`), value }]
    }),
  ]
}
