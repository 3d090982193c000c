/** Makes the widgets of a template out of what exists. */
import type { Channel } from '@/api/types'
import { COLUMNS, newId, type Place, type Widget } from '../model'
import { firstGap, overlaps, risen, withPlaces, type Placed } from '../places'
import type { World } from '../widgets/kind'
import { kindOf } from '../widgets/kinds'
import { ranked } from '../widgets/parts/firsts'
import type { Template, TemplateTile } from './index'

type Options = Record<string, unknown>

/** What stands in a zone; everything without one. */
export function worldOf(world: World, zone: number | null): World {
  if (zone === null) return world
  const inZone = <T extends { zone?: number | null }>(things: T[]): T[] => things.filter((thing) => thing.zone === zone)
  return {
    ...world,
    zones: world.zones.filter((one) => one.id === zone),
    channels: inZone(world.channels),
    inputs: inZone(world.inputs),
    outputs: inZone(world.outputs),
    functions: inZone(world.functions),
    cameras: inZone(world.cameras),
  }
}

const MACHINE = new Set(['host_system', 'hwmon', 'thermal_zone'])

function machineChannels(world: World): Channel[] {
  const owners = new Set(world.inputs.filter((input) => MACHINE.has(input.kind)).map((input) => `input/${input.id}`))
  return world.channels.filter((channel) => owners.has(channel.owner))
}

/** Measured channels of these quantities, the first quantity first. */
function measured(world: World, quantities: string[]): Channel[] {
  const machine = new Set(machineChannels(world).map((channel) => channel.id))
  const mine = ranked(world).filter((channel) => channel.owner.startsWith('input/') && !machine.has(channel.id))
  return [...new Set(quantities.flatMap((quantity) => mine.filter((channel) => quantity === '*' || channel.quantity === quantity)))]
}

/** One of each quantity first, then the second ones. */
function varied(channels: Channel[]): Channel[] {
  const seen = new Map<string, number>()
  const turn = (channel: Channel): number => {
    const n = seen.get(channel.quantity) ?? 0
    seen.set(channel.quantity, n + 1)
    return n
  }
  return channels.map((channel) => ({ channel, turn: turn(channel) })).sort((a, b) => a.turn - b.turn).map(({ channel }) => channel)
}

/** The options of each tile that a line of a template makes; `shown` are the channels that have a tile of that kind already. */
function optionsOf(tile: TemplateTile, world: World, all: World, shown: Set<number>): Options[] {
  const each = tile.each ?? 1
  const fixed = tile.options ?? {}
  if (tile.channel) {
    const free = measured(world, tile.channel).filter((channel) => !shown.has(channel.id))
    return free.slice(0, each).map((channel) => ({ ...fixed, [tile.as ?? 'channel']: channel.id }))
  }
  if (tile.channels) {
    const found = varied(measured(world, tile.channels)).slice(0, tile.most)
    return found.length ? [{ ...fixed, channels: found.map((channel) => channel.id) }] : []
  }
  if (tile.machine) {
    const found = machineChannels(all).slice(0, tile.machine)
    return found.length ? [{ ...fixed, channels: found.map((channel) => channel.id) }] : []
  }
  if (tile.output) {
    const found = world.outputs.flatMap((output) => output.channels.map((channel) => ({ output: output.id, channel: channel.index })))
    return found.slice(0, each).map((target) => ({ control: true, timed: true, ...fixed, target }))
  }
  if (tile.outputs) return world.outputs.length ? [{ ...fixed, outputs: world.outputs.slice(0, tile.outputs).map((output) => output.id) }] : []
  const start = (from: World): Options => ({ ...kindOf(tile.kind)?.start(from), ...fixed })
  if (tile.function) {
    const found = world.functions.filter((one) => tile.function?.includes(one.kind))
    return found.slice(0, each).map((one) => ({ ...start(world), function: one.id }))
  }
  if (tile.zone) return world.zones.slice(0, each).map((zone) => ({ ...start(world), zone: zone.id }))
  if (tile.method) return start(world).method === undefined ? [] : [start(world)]
  // What stands outside stands in no zone.
  if (tile.kind === 'weather') return start(all).temperature === undefined ? [] : [start(all)]
  if (tile.kind === 'alerts' && !all.alerts.length) return []
  if ((tile.kind === 'camera' || tile.kind === 'timelapse') && !world.cameras.length) return []
  return [start(world)]
}

/** How far a tile grows into a gap beside it, in rows and columns. */
const MOST_ROWS = 2
const MOST_COLUMNS = 4
/** Tiles grow into short gaps, down, up and to the side: what was left out leaves no hole. */
function filledUp(placed: Placed[]): Placed[] {
  const now = placed.map(({ id, place }) => ({ id, place: { ...place } }))
  const bottom = Math.max(0, ...now.map(({ place }) => place.y + place.h))
  const free = (one: Placed, place: Place) =>
    place.y >= 0 && place.y + place.h <= bottom && place.x + place.w <= COLUMNS.desktop && !now.some((other) => other !== one && overlaps(place, other.place))
  const grow = (one: Placed, by: Partial<Place>, most: number) => {
    for (let n = 0; n < most; n++) {
      const { x, y, w, h } = one.place
      const next = { x, y: y + (by.y ?? 0), w: w + (by.w ?? 0), h: h + (by.h ?? 0) }
      if (!free(one, next)) return
      one.place = next
    }
  }
  for (const one of now) grow(one, { h: 1 }, MOST_ROWS)
  for (const one of now) grow(one, { y: -1, h: 1 }, MOST_ROWS)
  for (const one of now) grow(one, { w: 1 }, MOST_COLUMNS)
  return now
}

export function fill(template: Template, all: World, zone: number | null = null): Widget[] {
  const world = worldOf(all, zone)
  const placed: Placed[] = []
  const widgets: Widget[] = []
  const shown = new Map<string, Set<number>>()
  for (const tile of template.tiles) {
    if (!kindOf(tile.kind)) continue
    const seen = shown.get(tile.kind) ?? new Set()
    shown.set(tile.kind, seen)
    for (const options of optionsOf(tile, world, all, seen)) {
      const about = options[tile.as ?? 'channel']
      if (typeof about === 'number') seen.add(about)
      const id = newId()
      const place = firstGap(placed, tile, COLUMNS.desktop)
      placed.push({ id, place })
      widgets.push({ id, kind: tile.kind, options, desktop: place })
    }
  }
  return withPlaces(widgets, 'desktop', filledUp(risen(placed)))
}
