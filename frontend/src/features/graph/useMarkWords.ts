import { useI18n } from 'vue-i18n'
import { useDisplay } from '@/features/channels/display'
import { useChannelMap } from '@/features/channels/queries'
import { useCatalogueWords } from '@/features/channels/words'
import { useEventText } from '@/features/events/text'
import { useFunctions } from '@/features/functions/queries'
import { useAskWhy } from '@/features/why/question'
import { formatPlain } from '@/format/number'
import type { Mark } from './marks'

/** What a mark says, and where its reason is told. */
export function useMarkWords() {
  const { t } = useI18n()
  const say = useEventText()
  const { ask } = useAskWhy()
  const display = useDisplay()
  const known = useChannelMap()
  const { label } = useCatalogueWords()
  const { data: functions } = useFunctions()

  function words(mark: Mark): string {
    const { event } = mark
    if (mark.note) return mark.note.note
    if (!event) return ''
    if (mark.kind === 'setpoint') {
      const { setpoint } = event.data.change as { setpoint: number }
      const f = functions.value?.find((one) => `function/${one.id}` === event.source)
      const channel = known.value.get(Number(f?.options.channel))
      const show = display(channel?.unit ?? '', channel)
      return t('graph.mark.setpoint', { name: f?.name ?? '', value: `${formatPlain(show.convert(setpoint), 3)} ${channel ? show.symbol : ''}`.trim() })
    }
    if (mark.kind === 'calibration') {
      const channel = known.value.get(Number(event.data.channel))
      return t('graph.mark.calibration', { name: channel ? `${channel.owner_name}, ${label(channel)}` : '' })
    }
    return say(event.message)
  }

  /** What an output did is answered in place. */
  function why(mark: Mark): (() => void) | null {
    const output = /^output\/(\d+)$/.exec(mark.event?.source ?? '')?.[1]
    const { index } = (mark.event?.data ?? {}) as { index?: number }
    return output && typeof index === 'number' ? () => ask({ output: Number(output), channel: index, at: mark.t }) : null
  }

  function link(mark: Mark): { to: string; text: string } | null {
    if (!mark.to || why(mark)) return null
    if (mark.kind === 'trouble' || mark.kind === 'alert') return { to: mark.to, text: t('graph.mark.why') }
    return { to: mark.to, text: t('graph.mark.open') }
  }
  return { words, link, why }
}
