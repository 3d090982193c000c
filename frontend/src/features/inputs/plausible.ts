/** How a fresh value compares with what is measured beside it, in a few words. */
import { translate } from '@/app/i18n'
import type { Channel } from '@/api/types'
import { formatNumber } from '@/format/number'

interface Neighbour {
  channel: Channel
  value: number
}

/** What counts as "agrees", in the unit of the quantity. */
const close: Record<string, number> = { temperature: 0.5, humidity: 3, pressure: 1.5, co2: 60, ion_concentration: 0.1 }

export function plausibility(quantity: string, unit: string, symbol: string, decimals: number, value: number, neighbours: Neighbour[]): string {
  const beside = neighbours.find((n) => n.channel.quantity === quantity && n.channel.unit === unit)
  if (!beside) return ''
  const difference = value - beside.value
  const name = beside.channel.owner_name
  if (Math.abs(difference) <= (close[quantity] ?? Math.abs(beside.value) * 0.02)) return translate('test.agrees', { name })
  const amount = `${formatNumber(Math.abs(difference), decimals)} ${symbol}`
  return translate(difference > 0 ? 'test.over' : 'test.under', { amount, name })
}
