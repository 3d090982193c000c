import { computed } from 'vue'
import { useChannels } from '@/features/channels/queries'
import { useCatalogueWords } from '@/features/channels/words'
import { useCameras } from '@/features/cameras/queries'
import { useFunctions } from '@/features/functions/queries'
import { useInputs } from '@/features/inputs/queries'
import { useOutputs } from '@/features/outputs/queries'
import { useZones } from '@/features/zones/queries'

export interface Thing {
  ref: string
  name: string
  to: string
  icon: string
}

/** What a note can be about, under the words the API uses: "zone/1". */
export function useThings() {
  const { data: zones } = useZones()
  const { data: inputs } = useInputs()
  const { data: outputs } = useOutputs()
  const { data: functions } = useFunctions()
  const { data: cameras } = useCameras()
  const { data: channels } = useChannels()
  const { label } = useCatalogueWords()
  const named = (what: string, path: string, icon: string, all: { id: number; name: string }[] | undefined): Thing[] =>
    (all ?? []).map(({ id, name }) => ({ ref: `${what}/${id}`, name, to: `/${path}/${id}`, icon }))
  /** What one chooses from: a channel is meant by its input. */
  const choices = computed(() => [
    ...named('zone', 'zones', 'i-lucide-box', zones.value),
    ...named('input', 'inputs', 'i-lucide-thermometer', inputs.value),
    ...named('output', 'outputs', 'i-lucide-plug', outputs.value),
    ...named('function', 'functions', 'i-lucide-workflow', functions.value),
    ...named('camera', 'cameras', 'i-lucide-camera', cameras.value),
  ])
  const things = computed(() => {
    const all = new Map(choices.value.map((thing) => [thing.ref, thing]))
    for (const channel of channels.value ?? [])
      all.set(`channel/${channel.id}`, {
        ref: `channel/${channel.id}`,
        name: `${channel.owner_name}, ${label(channel)}`,
        to: `/graph?ch=${channel.id}`,
        icon: 'i-lucide-chart-spline',
      })
    return all
  })
  return { choices, things }
}
