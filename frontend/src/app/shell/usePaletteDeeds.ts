import { computed } from 'vue'
import { useI18n } from 'vue-i18n'
import { languages } from '@/app/i18n'
import { useAlertDeeds } from '@/features/alerts/deeds'
import { calls } from '@/features/alerts/looks'
import { useAlerts } from '@/features/alerts/queries'
import { useSession } from '@/features/auth/session'
import { useOutputDeeds } from '@/features/outputs/deeds'
import { linesOf, outputChannelName } from '@/features/outputs/describe'
import { useOutputs } from '@/features/outputs/queries'
import { reader, type Reader } from '@/format/reader'
import { live } from '@/live'
import { useStop } from './useStop'

export interface PaletteItem {
  /** Where it leads; of places only. */
  path?: string
  label: string
  icon: string
  suffix?: string
  kbds?: string[]
  onSelect: () => void
}

/** What can be done without going anywhere: switch, acknowledge, stop, add, and change how things look. */
export function usePaletteDeeds(go: (to: string) => () => void, close: () => void) {
  const { t } = useI18n()
  const session = useSession()
  const { data: outputs } = useOutputs()
  const { data: alerts } = useAlerts()
  const drives = useOutputDeeds()
  const alertDeeds = useAlertDeeds()
  const { state, stop, release } = useStop()
  const then = (deed: () => void) => () => {
    close()
    deed()
  }
  const prefer = (change: Partial<Reader>) => then(() => (reader.value = { ...reader.value, ...change }))

  const switches = computed((): PaletteItem[] =>
    linesOf(outputs.value ?? []).flatMap(({ output, channel }) => {
      const now = live.output(output.id, channel.index).value
      if (channel.type !== 'on_off' || !output.enabled || !now || state.value?.stopped) return []
      const on = now.on !== true
      const name = outputChannelName(output, channel)
      return [{ label: t(on ? 'palette.switch_on' : 'palette.switch_off', { name }), icon: 'i-lucide-power', onSelect: then(() => void drives.drive(output, channel.index, now, { on })) }]
    }),
  )
  const acknowledge = computed((): PaletteItem[] =>
    (alerts.value ?? []).filter(calls).map((alert) => ({ label: t('palette.acknowledge', { name: alert.name }), icon: 'i-lucide-bell-off', onSelect: then(() => void alertDeeds.acknowledge(alert)) })),
  )
  const adds = ['input', 'output', 'function', 'zone', 'method', 'alert'] as const
  const ownName = (tag: string) => new Intl.DisplayNames([tag], { type: 'language' }).of(tag) ?? tag

  return computed((): PaletteItem[] => [
    ...(session.mayEdit ? [...acknowledge.value, ...switches.value] : []),
    ...(session.mayEdit
      ? [
          state.value?.stopped
            ? { label: t('palette.release'), icon: 'i-lucide-play', onSelect: then(() => release.mutate()) }
            : { label: t('palette.stop'), icon: 'i-lucide-octagon-x', onSelect: then(() => stop.mutate()) },
        ]
      : []),
    ...(session.isAdmin ? adds.map((what) => ({ label: t(`palette.add_${what}`), icon: 'i-lucide-plus', onSelect: go(`/${what}s/new`) })) : []),
    { label: t('palette.pair'), icon: 'i-lucide-smartphone', onSelect: go('/system/account') },
    { label: t('palette.theme_light'), icon: 'i-lucide-sun', onSelect: prefer({ theme: 'light' }) },
    { label: t('palette.theme_dark'), icon: 'i-lucide-moon', onSelect: prefer({ theme: 'dark' }) },
    { label: t('palette.theme_auto'), icon: 'i-lucide-monitor', onSelect: prefer({ theme: 'auto' }) },
    { label: t(reader.value.contrast === 'more' ? 'palette.contrast_usual' : 'palette.contrast_high'), icon: 'i-lucide-contrast', onSelect: prefer({ contrast: reader.value.contrast === 'more' ? 'auto' : 'more' }) },
    ...(languages.length > 1 ? languages.map((tag) => ({ label: t('palette.speak', { language: ownName(tag) }), icon: 'i-lucide-languages', onSelect: prefer({ language: tag }) })) : []),
  ])
}
