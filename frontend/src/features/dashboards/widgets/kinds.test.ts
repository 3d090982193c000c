import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it, vi } from 'vitest'
import { i18n, loadWords } from '@/app/i18n'
import type { Channel } from '@/api/types'
import type { Field } from '@/forms/schema'
import { kindOf, kinds } from './kinds'
import type { World } from './kind'

const channel = (id: number, quantity: string, owner = 'input/1'): Channel => ({ id, quantity, owner, owner_name: 'Tent climate', name: quantity, index: 0, unit: 'C', decimals: 1, zone: 1 }) as unknown as Channel
const empty: World = { channels: [], zones: [], inputs: [], outputs: [], functions: [], alerts: [], cameras: [] }
const full = {
  ...empty,
  channels: [channel(3, 'number', 'function/1'), channel(1, 'temperature'), channel(2, 'humidity'), channel(9, 'pressure', 'input/4'), channel(8, 'temperature', 'input/4')],
  zones: [{ id: 1, name: 'Tent', targets: [{ channel: 2, min: 60, max: 75 }] }],
  outputs: [{ id: 4, name: 'Lamp', channels: [{ index: 0, name: '', type: 'on_off' }] }],
  cameras: [{ id: 6, name: 'Canopy' }],
  functions: [{ id: 5, name: 'Heating', kind: 'pid', options: { channel: 1 }, channels: [] }],
} as unknown as World

beforeAll(() => loadWords(['widgets', 'events', 'forms']))
const folders = readdirSync(join(process.cwd(), 'src/features/dashboards/widgets'), { withFileTypes: true }).filter((entry) => entry.isDirectory() && entry.name !== 'parts')

it('lists every folder once', () => expect(kinds.map((kind) => kind.id).sort()).toEqual(folders.map((entry) => entry.name).sort()))
it('knows a kind by its id, and none that is not', () => {
  expect(kindOf('gauge')?.id).toBe('gauge')
  expect(kindOf('nothing')).toBeUndefined()
})

const wordless = (fields: Field[]): string[] => fields.flatMap((field) => [...(field.title || field.name === '' ? [] : [field.name]), ...field.choices.filter((choice) => !choice.label).map((choice) => `${field.name}: ${choice.value}`), ...wordless(field.fields)])

describe.each(kinds)('$id', (kind) => {
  it('has words for itself and all its options', () => {
    const missing: string[] = []
    vi.spyOn(console, 'warn').mockImplementation((text: unknown) => void missing.push(String(text)))
    expect(i18n.global.te(`widget.${kind.id}.name`) && i18n.global.te(`widget.${kind.id}.help`)).toBe(true)
    const fields = [...kind.fields(full), ...kind.fields(empty)]
    kind.title(kind.start(full), full)
    expect(missing).toEqual([])
    expect(wordless(fields)).toEqual([])
    expect(new Set(kind.fields(full).map((field) => field.name)).size).toBe(kind.fields(full).length)
  })
  it('starts with options that its form knows, and fits its own least size', () => {
    const names = new Set(kind.fields(full).map((field) => field.name))
    expect(Object.keys(kind.start(full)).filter((name) => !names.has(name))).toEqual([])
    expect(Object.values(kind.start(full)).includes(undefined)).toBe(false)
    expect(kind.size.w >= kind.size.minW && kind.size.h >= kind.size.minH && kind.size.w <= 12).toBe(true)
  })
  it('stands an empty world and options of another shape', () => {
    expect(() => kind.start(empty)).not.toThrow()
    expect(() => kind.title({}, empty)).not.toThrow()
    expect(() => kind.title({ channel: 'x', channels: 'all', target: 3, function: null, range: 7, tag: 1, heading: {}, until: 9, zone: 'a' }, full)).not.toThrow()
  })
  it('has its view', () => expect(existsSync(join(process.cwd(), 'src/features/dashboards/widgets', kind.id, 'kind.ts'))).toBe(true))
})

describe('a new widget', () => {
  it('shows what has a target first', () => expect(kindOf('value')?.start(full)).toMatchObject({ channel: 2 }))
  it('takes no inner term of a loop while there are measurements', () => expect(kindOf('values')?.start(full)).toMatchObject({ channels: [2, 1, 8, 9] }))
  it('takes the weather from the input that knows the pressure', () => expect(kindOf('weather')?.start(full)).toEqual({ temperature: 8, pressure: 9 }))
  it('regulates with the PID that exists', () => expect(kindOf('pid')?.start(full)).toMatchObject({ function: 5 }))
  it('is called after what it shows', () => {
    expect(kindOf('value')?.title({ channel: 2 }, full)).toBe('Humidity')
    expect(kindOf('output')?.title({ target: { output: 4, channel: 0 } }, full)).toBe('Lamp')
    expect(kindOf('value')?.title({ channel: 77 }, full)).toBe('')
  })
})
