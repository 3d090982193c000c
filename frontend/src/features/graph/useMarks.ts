import { computed, type Ref } from 'vue'
import { useAlerts } from '@/features/alerts/queries'
import { useChannelMap } from '@/features/channels/queries'
import { useFunctions } from '@/features/functions/queries'
import { changesOf, deedsOf, notesOf, turnsOf, type Mark } from './marks'
import { useEventsOf } from './useEventsOf'
import type { Journal } from './useJournal'
import { useNotesOf } from './useNotesOf'
import type { TimeWindow } from './window'

const numbers = (value: unknown): number[] => (typeof value === 'number' ? [value] : Array.isArray(value) ? value.filter((n): n is number => typeof n === 'number') : [])

/** All marks of a graph: of the inputs whose channels are drawn, the functions that regulate them, the alerts that watch them, the outputs below, and notes. */
export function useMarks(channels: Ref<number[]>, outputs: Ref<Journal>, window: Ref<TimeWindow>, wanted: Ref<boolean>) {
  const known = useChannelMap()
  const { data: functions } = useFunctions()
  const { data: alerts } = useAlerts()
  const mine = computed(() => new Set(channels.value))
  const owners = computed(() => [...new Set(channels.value.flatMap((id) => known.value.get(id)?.owner ?? []))])
  const zones = computed(() => new Set(channels.value.flatMap((id) => known.value.get(id)?.zone ?? [])))
  const regulating = computed(() => (functions.value ?? []).filter((f) => numbers(f.options.channel).some((id) => mine.value.has(id))).map((f) => `function/${f.id}`))
  const watching = computed(() =>
    (alerts.value ?? [])
      .filter(({ options, zone }) => [...numbers(options.channel), ...numbers(options.channels)].some((id) => mine.value.has(id)) || (zone !== null && zones.value.has(zone)))
      .map((alert) => `alert/${alert.id}`),
  )
  const sources = computed(() => (wanted.value && channels.value.length ? [...owners.value, ...regulating.value, ...watching.value, 'stop'] : []))
  const { events, since } = useEventsOf(['controller', 'audit', 'alert'], sources, window)
  const { notes, reload } = useNotesOf(window, wanted)

  const marks = computed<Mark[]>(() => {
    if (!wanted.value) return []
    const drawn = { channels: mine.value, inputs: new Set(owners.value), functions: new Set(regulating.value) }
    const about = new Set([...channels.value.map((id) => `channel/${id}`), ...owners.value, ...[...zones.value].map((id) => `zone/${id}`), ...regulating.value, ...outputs.value.keys()])
    const states = owners.value.flatMap((owner) => turnsOf(events.value.filter((event) => event.type === 'controller' && event.source === owner)))
    return [...states, ...changesOf(events.value, drawn), ...[...outputs.value.values()].flatMap(deedsOf), ...notesOf(notes.value, about)]
  })
  return { marks, since, notes, reloadNotes: reload, owners, zones }
}
