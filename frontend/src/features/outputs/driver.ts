/** Who drives an output channel, who waits, what it has run, in words. */
import type { OutputChannel, OutputState } from '@/api/types'
import { translate as t } from '@/app/i18n'
import { formatNumber, formatPlain } from '@/format/number'
import { formatDuration, formatMoment, toMs } from '@/format/time'
import { actorOf } from './actor'
import { levelText } from './describe'
import type { Fact } from './facts'

export interface DriverWords {
  key: string
  who: string
  rank: string
  level: string
  reason: string
  until: string
}
type Claim = NonNullable<OutputState['driver']>

function wordsOf(claim: Claim, now: number): DriverWords {
  const end = toMs(claim.until)
  return {
    key: `${claim.rank} ${claim.by}`,
    who: actorOf(claim.by ?? ''),
    rank: t(`outputs.rank.${claim.rank}`),
    level: levelText(claim),
    reason: claim.reason ?? '',
    until: end !== null && end > now ? t('output.until', { time: formatMoment(end, now) }) : '',
  }
}

/** Whose command is executed, and whose wait for their turn. */
export function driversOf(state: OutputState, now: number): { driver: DriverWords | null; waiting: DriverWords[] } {
  return { driver: state.driver ? wordsOf(state.driver, now) : null, waiting: (state.waiting ?? []).map((claim) => wordsOf(claim, now)) }
}

/** What a channel has run since counting began; nothing where there is nothing to tell. */
export function counterFacts({ type, counters }: Pick<OutputChannel, 'type' | 'counters'>): Fact[] {
  if (!counters) return []
  const facts: Fact[] = []
  const add = (key: string, value: string) => facts.push({ key, label: t(`outputs.counter.${key}`), value })
  if (type === 'on_off' || type === 'pwm') {
    add('on_s', formatDuration((counters.on_s ?? 0) * 1000))
    add('cycles', formatNumber(counters.cycles ?? 0, 0))
    if (counters.energy_wh) add('energy_wh', `${formatPlain(counters.energy_wh / 1000, 3)} kWh`)
  }
  if (type === 'volume') add('volume_ml', `${formatPlain(counters.volume_ml ?? 0, 1)} ml`)
  return facts
}
