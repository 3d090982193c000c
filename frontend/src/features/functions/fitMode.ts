import { watch } from 'vue'
import type { Output, OutputChannel } from '@/api/types'
import type { Form } from '@/forms/form'

/** How a PID speaks to an output of each type: what can only be on or off gets pulses. */
const modes: Record<OutputChannel['type'], string> = { pwm: 'duty', on_off: 'time_proportional', value: 'value', volume: 'volume' }

export function fittingMode(target: unknown, outputs: Output[]): string | null {
  const { output, channel = 0 } = (target ?? {}) as { output?: number; channel?: number }
  const type = outputs.find((one) => one.id === output)?.channels.find((one) => one.index === channel)?.type
  return type ? modes[type] : null
}

/** The output that a person chooses for a PID says how it is driven: nobody should learn of modes by an error. */
export function useFittingMode(form: Form, outputs: () => Output[]): void {
  for (const field of ['raise', 'lower']) {
    watch(
      () => JSON.stringify(form.get(`options.${field}`)),
      () => {
        const mode = fittingMode(form.get(`options.${field}`), outputs())
        if (mode && mode !== form.get('options.mode')) form.set('options.mode', mode)
      },
    )
  }
}
