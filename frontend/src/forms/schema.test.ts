import { beforeAll, describe, expect, it } from 'vitest'
import { reactive, readonly } from 'vue'
import { loadWords } from '@/app/i18n'
import { applies, parseSchema } from './schema'
import { checkAll } from './validate'
import { collect, getAt, mergePatch, parentOf, setAt, startValues } from './values'

beforeAll(() => loadWords(['forms']))

const schema = {
  type: 'object',
  required: ['broker', 'channels'],
  properties: {
    password: { type: 'string', title: 'Password', 'x-secret': true, writeOnly: true, 'x-order': 3 },
    broker: { type: 'string', title: 'Broker', format: 'uri', 'x-order': 1 },
    waveform: { type: 'string', enum: ['constant', 'sine'], 'x-enum-titles': ['Constant', 'Sine'], default: 'constant', 'x-order': 4 },
    amplitude: { type: 'number', minimum: 0, default: 1, 'x-when': { field: 'waveform', in: ['sine'] }, 'x-order': 5 },
    headers: { type: 'object', additionalProperties: { type: 'string' }, 'x-advanced': true, 'x-order': 6 },
    channels: {
      type: 'array', minItems: 1, 'x-order': 7,
      items: { type: 'object', required: ['topic'], properties: { topic: { type: 'string' }, quantity: { type: 'string', format: 'quantity' } } },
    },
    odd: { oneOf: [] },
  },
}
const fields = parseSchema(schema)

describe('reading a schema', () => {
  it('puts fields in their order and leaves out what it does not know', () =>
    expect(fields.map((f) => [f.name, f.kind])).toEqual([
      ['broker', 'text'], ['password', 'secret'], ['waveform', 'choice'], ['amplitude', 'number'], ['headers', 'map'], ['channels', 'items'],
    ]))
  it('takes titles, or makes them of names', () => {
    expect(parseSchema({ properties: { wave_period_s: { type: 'number' } } })[0]?.title).toBe('Wave period s')
    expect(fields[2]?.choices).toEqual([{ value: 'constant', label: 'Constant' }, { value: 'sine', label: 'Sine' }])
  })
  it('takes an output with its channel as one choice', () => {
    const target = { type: ['object', 'null'], properties: { output: { type: 'integer', format: 'output' }, channel: { type: 'integer' } } }
    expect(parseSchema({ properties: { raise: target, inner: { type: 'integer', format: 'function' }, rest: { type: 'object' } } }).map((f) => f.kind)).toEqual(['target', 'function', 'json'])
  })
  it('survives what is no schema', () => expect([null, 1, {}, { properties: 3 }].map(parseSchema)).toEqual([[], [], [], []]))
})

describe('values', () => {
  it('start with defaults and with the items that must be there', () => {
    const values = startValues(fields)
    expect(values).toMatchObject({ waveform: 'constant', amplitude: 1, headers: {} })
    expect(values.channels).toHaveLength(1)
  })
  it('are sent without what is empty, untouched or does not apply', () => {
    const values = { ...startValues(fields), broker: 'mqtt://x', channels: [{ topic: 'a', quantity: '' }] }
    expect(collect(fields, values)).toEqual({ broker: 'mqtt://x', waveform: 'constant', channels: [{ topic: 'a' }] })
    expect(collect(fields, { ...values, waveform: 'sine', password: 'x' })).toMatchObject({ amplitude: 1, password: 'x' })
  })
  it('are found by the path of the server', () => {
    const values = { options: { channels: [{ topic: 'a' }, { topic: 'b' }] } }
    expect(getAt(values, 'options.channels[1].topic')).toBe('b')
    setAt(values, 'options.channels[0].topic', 'c')
    expect(values.options.channels[0]?.topic).toBe('c')
    expect(getAt(values, 'options.nothing[3].x')).toBeUndefined()
  })
  it('know the path above', () => {
    expect(parentOf('options.channels[0].topic')).toBe('options.channels[0]')
    expect(parentOf('options.channels[0]')).toBe('options.channels')
    expect(parentOf('name')).toBe('')
  })
  it('become a merge patch in which null takes away', () => {
    expect(mergePatch({ a: 1, b: { c: 1, d: 2 }, e: [1] }, { b: { c: 1, d: 3 }, e: [1, 2] })).toEqual({ a: null, b: { d: 3 }, e: [1, 2] })
    expect(mergePatch({ a: 1 }, { a: 1 })).toEqual({})
  })
})

describe('checking', () => {
  const wrong = (values: Record<string, unknown>, set: string[] = []) => Object.fromEntries(checkAll(fields, values, new Set(set)))
  it('names every needed field by its path', () =>
    expect(wrong(startValues(fields))).toEqual({ broker: 'This is needed.', 'channels[0].topic': 'This is needed.' }))
  it('does not look at fields that do not apply', () => {
    const values = { ...startValues(fields), broker: 'x', amplitude: -1, channels: [{ topic: 'a' }] }
    expect(wrong(values)).toEqual({})
    expect(wrong({ ...values, waveform: 'sine' })).toEqual({ amplitude: 'At least 0.' })
  })
  it('says that what was typed is no number', () =>
    expect(wrong({ ...startValues(fields), broker: 'x', waveform: 'sine', amplitude: 'much', channels: [{ topic: 'a' }] })).toEqual({ amplitude: 'This is not a number.' }))
  it('is content with a secret that is stored', () => {
    const [secret] = parseSchema({ required: ['token'], properties: { token: { type: 'string', 'x-secret': true } } })
    if (!secret) throw new Error('no field')
    expect(Object.fromEntries(checkAll([secret], {}, new Set()))).toEqual({ token: 'This is needed.' })
    expect(Object.fromEntries(checkAll([secret], {}, new Set(['token'])))).toEqual({})
  })
  it('counts items', () => expect(wrong({ ...startValues(fields), broker: 'x', channels: [] })).toEqual({ channels: 'At least one is needed.' }))
})

it('shows a field only with the values it belongs to', () => {
  const amplitude = fields.find((f) => f.name === 'amplitude')
  expect(amplitude && applies(amplitude, { waveform: 'sine' })).toBe(true)
  expect(amplitude && applies(amplitude, { waveform: 'constant' })).toBe(false)
})

it('starts with what a query holds, which is wrapped', () => {
  const list = parseSchema({ properties: { channels: { type: 'array', items: { type: 'integer' } }, raise: { type: 'object', properties: { output: { type: 'integer', format: 'output' }, channel: { type: 'integer' } } } } })
  const held = readonly(reactive({ channels: [1, 2], raise: { output: 3 } }))
  expect(startValues(list, held as Record<string, unknown>)).toEqual({ channels: [1, 2], raise: { output: 3 } })
})

describe('variants of one member', () => {
  const branch = (kind: string, properties: object, required: string[] = []) => ({
    if: { properties: { kind: { enum: [kind] } } },
    then: { properties: { options: { type: 'object', title: 'Options', properties, 'x-order': 1, 'x-when': { field: 'kind', in: [kind] } } }, required },
  })
  const steps = parseSchema({
    properties: { kind: { type: 'string', enum: ['on', 'wait'], default: 'on', 'x-order': 0 }, options: { title: 'Options', 'x-order': 1, 'x-variants': true } },
    allOf: [
      branch('on', { output: { type: 'integer' }, note: { type: 'string' } }, ['options']),
      branch('wait', { seconds: { type: 'number', default: 5 }, note: { type: 'string' } }),
    ],
  })
  it('become fields of one name', () => expect(steps.map((f) => [f.name, f.required])).toEqual([['kind', false], ['options', true], ['options', false]]))
  it('start as the one that applies', () => {
    expect(startValues(steps, { kind: 'wait', options: { note: 'a' } })).toEqual({ kind: 'wait', options: { seconds: 5, note: 'a' } })
    expect(startValues(steps, { options: { output: 3 } })).toEqual({ kind: 'on', options: { output: 3, note: undefined } })
  })
  it('are sent as the one that applies', () => expect(collect(steps, { kind: 'wait', options: { seconds: 5, output: 3 } })).toEqual({ kind: 'wait', options: { seconds: 5 } }))
})

it('asks for a field that must be there under a condition', () => {
  const when = parseSchema({
    properties: { about: { type: 'string', default: 'reading' }, channel: { type: 'integer', 'x-when': { field: 'about', in: ['reading'] } } },
    allOf: [{ if: { properties: { about: { enum: ['reading'] } } }, then: { required: ['channel'] } }],
  })
  expect(checkAll(when, { about: 'reading' }, new Set()).has('channel')).toBe(true)
  expect(checkAll(when, { about: 'time' }, new Set()).size).toBe(0)
})
