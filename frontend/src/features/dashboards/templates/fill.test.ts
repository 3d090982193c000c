import { beforeAll, describe, expect, it } from 'vitest'
import type { Channel } from '@/api/types'
import { loadWords } from '@/app/i18n'
import { i18n } from '@/app/i18n'
import { COLUMNS } from '../model'
import { overlaps } from '../places'
import type { World } from '../widgets/kind'
import { kindOf } from '../widgets/kinds'
import { fill } from './fill'
import { FIRST, TEMPLATES } from './index'

beforeAll(() => loadWords(['widgets', 'dashboards']))

const channel = (id: number, quantity: string, zone: number | null = 1, owner = 'input/1') => ({ id, quantity, zone, owner, owner_name: 'x', name: quantity, unit: 'C' }) as Channel
const empty: World = { channels: [], zones: [], inputs: [], outputs: [], functions: [], alerts: [], cameras: [] }
const world = {
  channels: [channel(1, 'temperature'), channel(2, 'humidity'), channel(3, 'temperature', 2, 'input/2'), channel(4, 'cpu', null, 'input/3'), channel(5, 'number', 1, 'function/1'), channel(6, 'temperature', null, 'input/4'), channel(7, 'pressure', null, 'input/4')],
  zones: [{ id: 1, name: 'Tent', targets: [{ channel: 2, min: 50, max: 60 }] }, { id: 2, name: 'Tank', targets: [] }],
  inputs: [{ id: 1, kind: 'demo_climate', zone: 1 }, { id: 2, kind: 'w1_therm', zone: 2 }, { id: 3, kind: 'host_system', zone: null }],
  outputs: [{ id: 1, zone: 1, name: 'Heater', channels: [{ index: 0 }] }, { id: 2, zone: 2, name: 'Pump', channels: [{ index: 0 }] }],
  functions: [{ id: 1, kind: 'pid', zone: 1, name: 'Heat', options: {}, channels: [] }],
  alerts: [{ id: 1 }],
  cameras: [{ id: 1, name: 'Canopy', zone: 1 }],
} as unknown as World
const template = (id: string) => TEMPLATES.find((one) => one.id === id)!
const numbers = (value: unknown): number[] => JSON.stringify(value).match(/"channels?":(\[[^\]]*\]|\d+)/g)?.flatMap((found) => [...found.matchAll(/\d+/g)].map(Number)) ?? []

describe.each([FIRST, ...TEMPLATES])('the template $id', (one) => {
  it.each([['everything', world, null], ['one zone', world, 1], ['nothing', empty, null]] as const)('of %s lies on the grid without overlaps', (_, from, zone) => {
    const places = fill(one, from, zone).map((widget) => widget.desktop)
    expect(places.every((place) => place.x >= 0 && place.x + place.w <= COLUMNS.desktop)).toBe(true)
    expect(places.every((a, i) => places.every((b, j) => i <= j || !overlaps(a, b)))).toBe(true)
  })
  it('has words', () => expect(i18n.global.te(`template.${one.id}.name`) && i18n.global.te(`template.${one.id}.help`)).toBe(true))
  it('makes tiles of kinds that there are, no smaller than they can be', () => {
    for (const tile of one.tiles) {
      const kind = kindOf(tile.kind)
      expect(kind, tile.kind).toBeDefined()
      expect([tile.kind, tile.w >= kind!.size.minW, tile.h >= kind!.size.minH]).toEqual([tile.kind, true, true])
    }
  })
})

describe('filling', () => {
  it('takes only what stands in the zone', () => {
    const widgets = fill(template('grow_tent'), world, 1)
    expect(numbers(widgets.filter((widget) => ['value', 'graph', 'gauge'].includes(widget.kind)).map((widget) => widget.options)).every((id) => [1, 2].includes(id))).toBe(true)
    expect(widgets.find((widget) => widget.kind === 'output')?.options).toMatchObject({ target: { output: 1, channel: 0 } })
    expect(widgets.find((widget) => widget.kind === 'setpoint')?.options).toMatchObject({ function: 1 })
    expect(widgets.find((widget) => widget.kind === 'camera')?.options).toMatchObject({ camera: 1 })
  })
  it('leaves out what finds nothing, and shows nothing twice in one sort', () => {
    const kinds = fill(template('aquarium'), world, 2).map((widget) => widget.kind)
    expect(kinds.filter((kind) => kind === 'value')).toHaveLength(1)
    expect(kinds).not.toContain('tank')
    const values = fill(template('terrarium'), world).filter((widget) => widget.kind === 'value').map((widget) => widget.options.channel)
    expect(new Set(values).size).toBe(values.length)
  })
  it('keeps the machine and the terms of loops out of the tent, and puts the machine into the server room', () => {
    expect(numbers(fill(FIRST, world).map((widget) => (widget.kind === 'status' ? {} : widget.options)))).not.toContain(5)
    expect(fill(template('server_room'), world).find((widget) => widget.kind === 'values')?.options.channels).toEqual([4])
  })
  it('makes nothing of the empty one', () => expect(fill(template('empty'), world)).toEqual([]))
})
