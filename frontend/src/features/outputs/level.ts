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

/**
 * The fields of one level: what it goes to, and the number where it needs one. `rest` offers "as safe" and "leave as it is", which the
 * safe state itself cannot be. The first field carries the API's own name, so that the server's errors find it.
 */
export function levelFields(name: string, title: string, help: string, type: ChannelType, rest: boolean): Field[] {
  const choice = (value: string) => ({ value, label: t(`output_form.level.${value}`) })
  const own = type === 'on_off' ? [choice('off'), choice('on')] : type === 'volume' ? [choice('nothing')] : [choice('level')]
  const choices = [...(rest ? [choice('safe'), choice('keep')] : []), ...own]
  return [
    plainField({ name, kind: 'choice', title, help, required: true, initial: choices[0]?.value, choices }),
    plainField({
      name: `${name}_level`, kind: 'number', title: t('output_form.level.level_of', { title }), required: true, initial: 0,
      suffix: type === 'pwm' ? '%' : '', ...(type === 'pwm' ? { min: 0, max: 100 } : {}), when: { field: name, in: ['level'] },
    }),
  ]
}

export function levelValues(name: string, raw: unknown, type: ChannelType, rest: boolean): Values {
  const level = toLevel(raw)
  const nothing = rest ? 'safe' : type === 'on_off' ? 'off' : type === 'volume' ? 'nothing' : 'level'
  if (level === null) return { [name]: nothing, [`${name}_level`]: 0 }
  if (level === 'keep') return { [name]: 'keep', [`${name}_level`]: 0 }
  if (level.on !== undefined) return { [name]: level.on ? 'on' : 'off' }
  return { [name]: type === 'volume' ? 'nothing' : 'level', [`${name}_level`]: level.duty ?? level.value ?? 0 }
}

export function levelBody(name: string, values: Values, type: ChannelType): Level {
  const mode = values[name]
  if (mode === 'keep') return 'keep'
  if (mode === 'on' || mode === 'off') return { on: mode === 'on' }
  return mode === 'level' ? { [key[type]]: Number(values[`${name}_level`]) } : null
}
