import { i18n } from '@/app/i18n'
import type { Channel } from '@/api/types'
import { channelName, isGeneric } from '@/features/channels/words'
import type { World } from '../kind'

/** What a tile about a channel is called: the quantity where the channel's own name says no more. */
export function nameOfChannel({ name, quantity }: Pick<Channel, 'name' | 'quantity'>): string {
  if (!isGeneric(name, quantity)) return channelName(name)
  return i18n.global.te(`quantity.${quantity}`) ? i18n.global.t(`quantity.${quantity}`) : channelName(quantity)
}

/** The name of the channel with this id; nothing when there is none. */
export function channelTitle(id: unknown, { channels }: Pick<World, 'channels'>): string {
  const channel = channels.find((one) => one.id === id)
  return channel ? nameOfChannel(channel) : ''
}
