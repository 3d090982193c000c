/** The overview's title: the answer, in words, to "is everything well?" */
import { translate } from '@/app/i18n'
import type { Face } from '@/features/inputs/state'

interface Trouble {
  name: string
  kind: Face | 'zone_out'
}

const keys: Partial<Record<Trouble['kind'], string>> = {
  failed: 'overview.failed',
  backing_off: 'overview.no_answer',
  degraded: 'overview.degraded',
  stale: 'overview.stale',
  zone_out: 'overview.zone_out',
}

export function overviewSentence(state: { stopped: boolean; empty: boolean; troubles: Trouble[] }): string {
  const { troubles } = state
  if (state.stopped) return translate('overview.stopped')
  if (state.empty) return translate('overview.empty_title')
  const [first, second] = troubles
  if (!first) return translate('overview.all_well')
  const rest = translate('overview.else_well')
  if (!second) return `${translate(keys[first.kind] ?? 'overview.degraded', { name: first.name })} ${rest}`
  if (troubles.length === 2) return `${translate('overview.need_two', { a: first.name, b: second.name })} ${rest}`
  return translate('overview.need_many', { n: troubles.length })
}
