import { computed } from 'vue'
import { useFunctions } from '@/features/functions/queries'
import { useInputs } from '@/features/inputs/queries'
import { useOutputs } from '@/features/outputs/queries'
import { useZones } from '@/features/zones/queries'
import { sentence } from '@/format/sentence'

/** Names for the refs in messages: "input/3 works again" is "Garden weather works again" to a person. */
export function withNames(message: string, names: ReadonlyMap<string, string>): string {
  return message.replace(/\b(input|output|function|zone)\/\d+\b/g, (ref) => names.get(ref) ?? ref)
}

export function useEventText() {
  const { data: inputs } = useInputs()
  const { data: outputs } = useOutputs()
  const { data: functions } = useFunctions()
  const { data: zones } = useZones()
  const names = computed(() => {
    const map = new Map<string, string>()
    for (const input of inputs.value ?? []) map.set(`input/${input.id}`, input.name)
    for (const output of outputs.value ?? []) map.set(`output/${output.id}`, output.name)
    for (const f of functions.value ?? []) map.set(`function/${f.id}`, f.name)
    for (const zone of zones.value ?? []) map.set(`zone/${zone.id}`, zone.name)
    return map
  })
  return (message: string): string => sentence(withNames(message, names.value)).replace(/\.$/, '')
}
