import { translate as t } from '@/app/i18n'
import type { Target, Zone, ZoneDraft } from '@/api/types'
import { plainField, type Field } from '@/forms/schema'
import { startValues, type Values } from '@/forms/values'

export function zoneFields(): Field[] {
  const target = [
    plainField({ name: 'channel', kind: 'channel', title: t('zones.channel'), required: true }),
    plainField({ name: 'min', kind: 'number', title: t('zones.min') }),
    plainField({ name: 'max', kind: 'number', title: t('zones.max') }),
  ]
  return [
    plainField({ name: 'name', kind: 'text', title: t('zones.name'), required: true, maxLength: 100 }),
    plainField({ name: 'description', kind: 'text', title: t('zones.description'), help: t('zones.description_help'), maxLength: 200 }),
    plainField({ name: 'targets', kind: 'items', title: t('zones.targets_title'), help: t('zones.targets_help'), fields: target }),
  ]
}

export const zoneValues = (fields: Field[], zone?: Zone): Values => ({
  ...startValues(fields, zone ? { name: zone.name, description: zone.description, targets: zone.targets } : {}),
  icon: zone?.icon || 'box',
  inputs: [...(zone?.inputs ?? [])],
  outputs: [...(zone?.outputs ?? [])],
})

const limit = (value: unknown): number | undefined => (typeof value === 'number' ? value : undefined)

export function zoneBody(values: Values): ZoneDraft {
  const targets = (values.targets as Values[]).flatMap((target): Target[] =>
    typeof target.channel === 'number' ? [{ channel: target.channel, min: limit(target.min), max: limit(target.max) }] : [],
  )
  return { name: String(values.name ?? '').trim(), description: String(values.description ?? '').trim(), icon: String(values.icon), targets }
}

/** What is wrong with targets beyond single fields: a band without limits, one that is upside down, a value with two bands. */
export function checkTargets(values: Values): Map<string, string> {
  const wrong = new Map<string, string>()
  const targets = values.targets as Values[]
  targets.forEach((target, i) => {
    const typed = [target.min, target.max].filter((value) => value !== undefined && value !== '')
    const [min, max] = [limit(target.min), limit(target.max)]
    const twin = targets.findIndex((other) => other.channel === target.channel) < i
    if (typeof target.channel === 'number' && twin) wrong.set(`targets[${i}].channel`, t('zones.twice'))
    if (!typed.length) wrong.set(`targets[${i}].min`, t('zones.one_limit'))
    else if (min !== undefined && max !== undefined && min >= max) wrong.set(`targets[${i}].max`, t('zones.upside_down'))
  })
  return wrong
}

interface Member {
  id: number
  zone: number | null
}

/** Whose zone changes: those chosen that are elsewhere, and those here that are no longer chosen. */
export function moves(things: Member[], chosen: number[], zone: number): Member[] {
  return things.flatMap(({ id, zone: now }): Member[] => {
    if (chosen.includes(id)) return now === zone ? [] : [{ id, zone }]
    return now === zone ? [{ id, zone: null }] : []
  })
}
