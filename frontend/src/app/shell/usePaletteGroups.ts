import { useLocalStorage } from '@vueuse/core'
import { computed, type Ref } from 'vue'
import { useI18n } from 'vue-i18n'
import { useRouter } from 'vue-router'
import type { Kind } from '@/api/types'
import { useAlerts } from '@/features/alerts/queries'
import { useFunctions } from '@/features/functions/queries'
import { useInputs, useKinds } from '@/features/inputs/queries'
import { useMethods } from '@/features/methods/queries'
import { useNotes } from '@/features/notes/queries'
import { useOutputs } from '@/features/outputs/queries'
import { useZones } from '@/features/zones/queries'
import { groups as pages, system } from './nav'
import { shortcuts } from './shortcuts'
import { usePaletteDeeds, type PaletteItem } from './usePaletteDeeds'

const RECENT = 5
const NOTES = 50
const NOTE_LETTERS = 60

/** Where one can go from the palette, by name, and what can be done. What was chosen last comes first while nothing is typed. */
export function usePaletteGroups(typed: Ref<string>, onlyDeeds: () => boolean, close: () => void) {
  const { t } = useI18n()
  const router = useRouter()
  const recent = useLocalStorage<string[]>('hypha-recent', [])
  const { data: inputs } = useInputs()
  const { data: outputs } = useOutputs()
  const { data: functions } = useFunctions()
  const { data: zones } = useZones()
  const { data: methods } = useMethods()
  const { data: alerts } = useAlerts()
  const { data: notes } = useNotes({ limit: NOTES })
  const kinds = { input: useKinds('input'), output: useKinds('output'), function: useKinds('function') }

  /** Where it stands and what it is, so that "vivarium" and "MQTT" find it too. */
  const note = (known: Kind[] | undefined, thing: { zone: number | null; kind: string }) =>
    [zones.value?.find((zone) => zone.id === thing.zone)?.name, known?.find((kind) => kind.id === thing.kind)?.name].filter(Boolean).join(' · ')

  const go = (to: string) => () => {
    recent.value = [to, ...recent.value.filter((other) => other !== to)].slice(0, RECENT)
    close()
    void router.push(to)
  }
  const place = (to: string, label: string, icon: string, suffix = ''): PaletteItem => ({ path: to, label, icon, suffix, onSelect: go(to) })
  const keysOf = (to: string) => shortcuts.find((one) => one.to === to)?.keys.split(' ')

  const places = computed(() => [
    {
      id: 'pages',
      label: t('palette.pages'),
      items: [...pages.flat(), { key: 'nav.methods', icon: 'i-lucide-spline', to: '/methods' }, system, { key: 'palette.appearance', icon: 'i-lucide-palette', to: '/system/appearance' }, { key: 'palette.data', icon: 'i-lucide-database', to: '/system/data' }].map((page) => ({
        ...place(page.to, t(page.key), page.icon),
        kbds: keysOf(page.to),
      })),
    },
    { id: 'inputs', label: t('palette.inputs'), items: (inputs.value ?? []).map((one) => place(`/inputs/${one.id}`, one.name, 'i-lucide-thermometer', note(kinds.input.data.value, one))) },
    { id: 'outputs', label: t('palette.outputs'), items: (outputs.value ?? []).map((one) => place(`/outputs/${one.id}`, one.name, 'i-lucide-plug', note(kinds.output.data.value, one))) },
    { id: 'functions', label: t('palette.functions'), items: (functions.value ?? []).map((one) => place(`/functions/${one.id}`, one.name, 'i-lucide-workflow', note(kinds.function.data.value, one))) },
    { id: 'zones', label: t('palette.zones'), items: (zones.value ?? []).map((one) => place(`/zones/${one.id}`, one.name, 'i-lucide-box')) },
    { id: 'alerts', label: t('palette.alerts'), items: (alerts.value ?? []).map((one) => place(`/alerts/${one.id}`, one.name, 'i-lucide-bell')) },
    { id: 'methods', label: t('palette.methods'), items: (methods.value ?? []).map((one) => place(`/methods/${one.id}`, one.name, 'i-lucide-spline')) },
    { id: 'notes', label: t('palette.notes'), items: (notes.value?.items ?? []).map((one) => place(`/notes/${one.id}`, one.note.slice(0, NOTE_LETTERS), 'i-lucide-notebook-pen')) },
  ])
  const deeds = usePaletteDeeds(go, close)

  return computed(() => {
    const doing = { id: 'deeds', label: t('palette.deeds'), items: deeds.value }
    if (onlyDeeds()) return [doing]
    const known = new Map(places.value.flatMap(({ items }) => items).map((item) => [item.path, item]))
    const last = typed.value ? [] : recent.value.flatMap((to) => known.get(to) ?? [])
    return [...(last.length ? [{ id: 'recent', label: t('palette.recent'), items: last }] : []), ...places.value, doing].filter(({ items }) => items.length)
  })
}
