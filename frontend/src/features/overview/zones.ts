/** What the overview shows of each zone: its channels with their targets, its outputs, and whether all is in band. */
import type { Channel, Input, Output, Target, Zone } from '@/api/types'
import { linesOf, type OutputLine } from '@/features/outputs/describe'
import { live } from '@/live'

export interface ZoneChannel {
  channel: Channel
  target: Target | null
}

export interface ZoneView {
  zone: Zone | null
  channels: ZoneChannel[]
  outputs: OutputLine[]
}

/** Zones in their order and, last, what belongs to none. Channels with a target come first. Inputs that are off say nothing. */
export function zoneViews(zones: Zone[], channels: Channel[], outputs: Output[], inputs: Input[]): ZoneView[] {
  const off = new Set(inputs.filter((input) => !input.enabled).map((input) => `input/${input.id}`))
  // A function with one channel yields a value; several are its inner terms, which its own page shows.
  const yields = new Map<string, number>()
  for (const { owner } of channels) if (owner.startsWith('function/')) yields.set(owner, (yields.get(owner) ?? 0) + 1)
  const known = new Set(zones.map((zone) => zone.id))
  const shown = channels.filter((channel) => !off.has(channel.owner))
  const inner = (channel: Channel) => (yields.get(channel.owner) ?? 0) > 1
  const view = (zone: Zone | null): ZoneView => {
    const mine = (id: number | null) => (zone ? id === zone.id : id === null || !known.has(id))
    const targets = zone?.targets ?? []
    const list = shown
      .filter((channel) => (mine(channel.zone) && !inner(channel)) || targets.some((target) => target.channel === channel.id))
      .map((channel) => ({ channel, target: targets.find((target) => target.channel === channel.id) ?? null }))
    return {
      zone,
      channels: [...list.filter((c) => c.target), ...list.filter((c) => !c.target)],
      outputs: linesOf(outputs.filter((output) => mine(output.zone))),
    }
  }
  const loose = view(null)
  return [...zones.map(view), ...(loose.channels.length || loose.outputs.length ? [loose] : [])]
}

export type Side = 'low' | 'high'

export function sideOf(value: number, target: Target): Side | null {
  if (target.min !== undefined && target.min !== null && value < target.min) return 'low'
  if (target.max !== undefined && target.max !== null && value > target.max) return 'high'
  return null
}

export interface OutOfBand {
  channel: Channel
  side: Side
}

/** Channels of a zone whose current, trusted value lies outside its target. */
export function outOfBand(view: ZoneView): OutOfBand[] {
  return view.channels.flatMap(({ channel, target }) => {
    const sample = live.sample(channel.id).value
    const value = sample?.v ?? channel.last?.v
    const quality = sample?.quality ?? channel.last?.quality
    if (!target || value === undefined || (quality !== 'good' && quality !== 'substituted')) return []
    const side = sideOf(value, target)
    return side ? [{ channel, side }] : []
  })
}
