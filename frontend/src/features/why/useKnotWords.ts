import { useI18n } from 'vue-i18n'
import { useChannelMap } from '@/features/channels/queries'
import { useCatalogueWords } from '@/features/channels/words'
import { useEventText } from '@/features/events/text'
import { useFunctionName } from '@/features/functions/queries'
import { formatValue } from '@/format/number'
import type { Knot } from './thread'

export interface KnotWords {
  title: string
  text: string
}

/** A cause in a person's words: the value with its unit, the function by its name, what it said. */
export function useKnotWords() {
  const { t } = useI18n()
  const channels = useChannelMap()
  const { label, symbol } = useCatalogueWords()
  const functionName = useFunctionName()
  const say = useEventText()

  function reading({ ref, value, text }: Knot): KnotWords {
    const channel = channels.value.get(Number(/^channel\/(\d+)/.exec(ref)?.[1]))
    if (!channel || value === null) return { title: say(text), text: '' }
    const shown = `${formatValue(value, channel.decimals)} ${symbol(channel.unit)}`.trim()
    return { title: t('why.read', { name: label(channel), value: shown }), text: channel.owner_name ?? '' }
  }
  const person = (knot: Knot): string =>
    knot.what === 'stop' || knot.ref === 'stop' ? t('why.by_stop') : t('why.by_person', { name: knot.ref.replace(/^\w+:/, '') || t('by.safe') })
  const clock = ({ ref }: Knot): string => t(ref === 'at_start' ? 'why.by_start' : ref === 'at_stop' ? 'why.by_end' : 'why.by_timer')

  return (knot: Knot): KnotWords => {
    if (knot.kind === 'reading') return reading(knot)
    const titles = {
      function: () => functionName(knot.ref) ?? t('by.some_function'),
      person: () => person(knot),
      clock: () => clock(knot),
      limit: () => t('why.by_limit'),
      alert: () => t('why.by_alert'),
      event: () => t('why.by_event'),
    }
    return { title: titles[knot.kind](), text: say(knot.text) }
  }
}
