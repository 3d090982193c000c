/** Levels an output falls to: a command, "keep", or nothing, which means as the safe state (and for that: off). */
import type { OutputChannel } from '@/api/types'
import { translate as t } from '@/app/i18n'
import { plainField, type Field } from '@/forms/schema'
import type { Values } from '@/forms/values'

type ChannelType = OutputChannel['type']
export type Level = { on?: boolean; duty?: number; value?: number } | 'keep' | null

export function toLevel(raw: unknown): Level {
  if (raw === 'keep') return 'keep'
  if (typeof raw !== 'object' || raw === null) return null
  const { on, duty, value } = raw as Record<string, unknown>
  if (typeof on === 'boolean') return { on }
  if (typeof duty === 'number') return { duty }
  return typeof value === 'number' ? { value } : null
}

const key: Record<ChannelType, 'duty' | 'value'> = { on_off: 'value', pwm: 'duty', value: 'value', volume: 'value' }

/** Fields of one level. `rest` offers "as safe" and "leave as it is", which the safe state itself cannot be. */
export function levelFields(name: string, title: string, help: string, type: ChannelType, rest: boolean): Field {
  const choice = (value: string) => ({ value, label: t(`output_form.level.${value}`) })
  const choices = [...(rest ? [choice('safe'), choice('keep')] : []), ...(type === 'on_off' ? [choice('off'), choice('on')] : type === 'volume' ? [choice('nothing')] : [choice('level')])]
  const fields = [
    plainField({ name: 'mode', kind: 'choice', title: t('output_form.level.title'), required: true, initial: choices[0]?.value, choices }),
    plainField({
      name: 'level', kind: 'number', title: t('output_form.level.level'), required: true, initial: 0,
      suffix: type === 'pwm' ? '%' : '', ...(type === 'pwm' ? { min: 0, max: 100 } : {}), when: { field: 'mode', in: ['level'] },
    }),
  ]
  return plainField({ name, kind: 'object', title, help, required: true, fields })
}

export function levelValues(raw: unknown, type: ChannelType, rest: boolean): Values {
  const level = toLevel(raw)
  if (level === 'keep') return { mode: 'keep' }
  if (level === null) return { mode: rest ? 'safe' : type === 'on_off' ? 'off' : type === 'volume' ? 'nothing' : 'level', level: 0 }
  if (level.on !== undefined) return { mode: level.on ? 'on' : 'off' }
  return { mode: type === 'volume' ? 'nothing' : 'level', level: level.duty ?? level.value ?? 0 }
}

export function levelBody(values: Values, type: ChannelType): Level {
  switch (values.mode) {
    case 'keep':
      return 'keep'
    case 'on':
    case 'off':
      return { on: values.mode === 'on' }
    case 'level':
      return { [key[type]]: Number(values.level) }
    default:
      return null
  }
}
