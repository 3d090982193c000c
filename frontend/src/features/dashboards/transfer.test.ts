import { beforeAll, describe, expect, it } from 'vitest'
import { loadWords } from '@/app/i18n'
import type { Channel } from '@/api/types'
import type { Widget } from './model'
import { exported, imported, readFile, registerOf } from './transfer'
import type { World } from './widgets/kind'

beforeAll(() => loadWords(['widgets', 'forms', 'events']))
const channel = (id: number, name: string, quantity: string, owner_name: string) => ({ id, name, quantity, owner_name, owner: `input/${id}`, unit: 'C', zone: null }) as Channel
const worldOf = (channels: Channel[], more: Partial<World> = {}): World => ({ channels, zones: [], inputs: [], outputs: [], functions: [], alerts: [], cameras: [], ...more })
const here = worldOf([channel(1, 'temperature', 'temperature', 'Tent'), channel(2, 'humidity', 'humidity', 'Tent')], { outputs: [{ id: 4, name: 'Lamp', channels: [] }] as unknown as World['outputs'] })
const place = { x: 0, y: 0, w: 3, h: 2 }
const widgets: Widget[] = [
  { id: 'a', kind: 'value', options: { channel: 1, trail: true }, desktop: place, title: 'Warmth' },
  { id: 'b', kind: 'graph', options: { channels: [1, 2], range: '24h' }, desktop: place, phone: { x: 0, y: 2, w: 2, h: 3 } },
  { id: 'c', kind: 'output', options: { target: { output: 4, channel: 0 } }, desktop: place },
]
const file = () => JSON.stringify(exported('Tent', 'sprout', widgets, here))

describe('a file', () => {
  it('names what it is about, and nothing else', () => {
    expect(exported('Tent', '', widgets, here).about).toEqual({
      'channel/1': { name: 'temperature', quantity: 'temperature', owner: 'Tent' },
      'channel/2': { name: 'humidity', quantity: 'humidity', owner: 'Tent' },
      'output/4': { name: 'Lamp' },
    })
  })
  it('finds elsewhere what is called so, whatever its number', () => {
    const there = worldOf([channel(2, 'temperature', 'temperature', 'Box'), channel(9, 'humidity', 'humidity', 'Box')], { outputs: [{ id: 1, name: 'lamp', channels: [] }] as unknown as World['outputs'] })
    const { widgets: made, missing } = imported(readFile(file())!, there)
    expect(missing).toEqual([])
    expect(made.map((widget) => widget.options)).toEqual([{ channel: 2, trail: true }, { channels: [2, 9], range: '24h' }, { target: { output: 1, channel: 0 } }])
    expect(made[0]).toMatchObject({ title: 'Warmth', desktop: place })
    expect(made[1]?.phone).toEqual({ x: 0, y: 2, w: 2, h: 3 })
    expect(made.map((widget) => widget.id)).not.toContain('a')
  })
  it('leaves out what is not there, and says so: nothing is taken for something else', () => {
    const { widgets: made, missing } = imported(readFile(file())!, worldOf([channel(1, 'pressure', 'pressure', 'Tent')]))
    expect(made.map((widget) => widget.options)).toEqual([{ trail: true }, { channels: [], range: '24h' }, {}])
    expect(missing).toContainEqual({ kind: 'value', sort: 'channel', name: 'Tent, temperature' })
    expect(missing).toHaveLength(4)
  })
  it('takes of several the one of the same owner, and none where that does not decide', () => {
    const two = [channel(5, 'temperature', 'temperature', 'Box'), channel(6, 'temperature', 'temperature', 'Tent')]
    expect(imported(readFile(file())!, worldOf(two)).widgets[0]?.options.channel).toBe(6)
    const strangers = [channel(5, 'temperature', 'temperature', 'Box'), channel(6, 'temperature', 'temperature', 'Tank')]
    expect(imported(readFile(file())!, worldOf(strangers)).widgets[0]?.options.channel).toBeUndefined()
  })
  it('comes back the same here', () => expect(imported(readFile(file())!, here, registerOf(here)).widgets.map((widget) => widget.options)).toEqual(widgets.map((widget) => widget.options)))
})

describe('what is no file of a dashboard', () => {
  it.each(['', '{', '[]', '{"hypha":"dashboard"}', '{"hypha":"other","version":1,"widgets":[]}', '{"hypha":"dashboard","version":2,"widgets":[]}'])('%j', (text) => expect(readFile(text)).toBeNull())
  it('widgets that are none are left out', () =>
    expect(readFile('{"hypha":"dashboard","version":1,"widgets":[1,{"kind":"value"},{"kind":"value","desktop":{"x":0,"y":0,"w":"3","h":1}}]}')?.widgets).toEqual([]))
})
