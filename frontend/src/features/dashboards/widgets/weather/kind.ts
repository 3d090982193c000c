import { translate as t } from '@/app/i18n'
import type { Channel } from '@/api/types'
import { defineKind, type World } from '../kind'
import { channelField, choiceField, numberField } from '../parts/fields'
import { compact } from '../parts/firsts'

export const PARTS = ['temperature', 'humidity', 'pressure', 'dew_point', 'wind', 'rain'] as const
export type Part = (typeof PARTS)[number]
export const HEMISPHERES = ['north', 'south'] as const

export type WeatherOptions = Partial<Record<Part, number>> & { altitude_m?: number; hemisphere?: string }

const quantities: Record<Part, string[]> = {
  temperature: ['temperature'],
  humidity: ['humidity'],
  pressure: ['pressure'],
  dew_point: ['dewpoint', 'dew_point'],
  wind: ['speed', 'wind_speed'],
  rain: ['rain', 'rainfall', 'precipitation'],
}

/** The input that measures most of the weather: outside it is one that knows the pressure. */
function station({ channels }: Pick<World, 'channels'>): Channel[] {
  const owners = new Map<string, Channel[]>()
  for (const channel of channels) owners.set(channel.owner, [...(owners.get(channel.owner) ?? []), channel])
  const score = (list: Channel[]) => PARTS.filter((part) => list.some((channel) => quantities[part].includes(channel.quantity))).length + (list.some((channel) => channel.quantity === 'pressure') ? 10 : 0)
  return [...owners.values()].sort((a, b) => score(b) - score(a))[0] ?? []
}

export default defineKind<WeatherOptions>({
  id: 'weather',
  group: 'values',
  icon: 'i-lucide-cloud-sun-rain',
  size: { w: 4, h: 3, minW: 2, minH: 2 },
  fields: () => [
    ...PARTS.map((part) => channelField({ name: part, title: t(`widgets.weather.${part}`), required: false, min: 0, advanced: part === 'dew_point' || part === 'rain' })),
    numberField('altitude_m', 'altitude', { min: -400, max: 6000, suffix: t('widgets.unit.m'), help: t('widgets.field.altitude_help') }),
    choiceField('hemisphere', HEMISPHERES, { advanced: true }),
  ],
  start: (world) => {
    const mine = station(world)
    return compact(Object.fromEntries(PARTS.map((part) => [part, mine.find((channel) => quantities[part].includes(channel.quantity))?.id])) as WeatherOptions)
  },
  title: ({ temperature, pressure }, { channels }) => channels.find((channel) => channel.id === (temperature || pressure))?.owner_name ?? t('widget.weather.name'),
  view: () => import('./WeatherWidget.vue'),
})
