import { describe, expect, it } from 'vitest'
import { offersFor, type Names } from './completion'

const names: Names = {
  channels: [{ name: 'Tent/temperature', detail: '°C' }, { name: 'Tank/level' }],
  outputs: [{ name: 'Mister' }],
  functions: [{ name: 'Heating' }],
  inputs: [{ name: 'Tent' }],
}
const builtins = [
  { name: 'value', signature: 'value(channel, max_age=None)', doc: 'The live value.' },
  { name: 'state', signature: 'state', doc: 'A dict.' },
]
const labels = (before: string, asked = false) => offersFor(before, builtins, names, asked)?.options.map((one) => one.label)

describe('inside of quotes', () => {
  it('offers what the call is about', () => {
    expect(labels('t = value("Te')).toEqual(['Tent/temperature', 'Tank/level'])
    expect(offersFor('t = value("Te', builtins, names, false)?.length).toBe(2)
    expect(labels('    output("')).toEqual(['Mister'])
    expect(labels("setpoint('")).toEqual(['Heating'])
  })
  it('offers nothing in other texts and comments', () => {
    expect(labels('notify("val')).toBeUndefined()
    expect(labels('x = "val')).toBeUndefined()
    expect(labels('# val')).toBeUndefined()
    expect(labels('value("Tent/temperature", "va')).toBeUndefined()
  })
})

it('offers the words of scripts', () => {
  expect(labels('if val')).toContain('value')
  expect(offersFor('if val', builtins, names, false)?.options.find((one) => one.label === 'value')).toMatchObject({ apply: 'value(', detail: '(channel, max_age=None)' })
  expect(offersFor('sta', builtins, names, false)?.options.find((one) => one.label === 'state')).toMatchObject({ apply: 'state', type: 'variable' })
  expect(labels('x = value("Tent/temperature") an')).toContain('and')
})

it('offers nothing unasked at an empty place', () => {
  expect(labels('')).toBeUndefined()
  expect(labels('', true)).toContain('value')
})

it('offers the parts of readings and outputs behind a point, but not behind a number', () => {
  expect(labels('output("Mister").')).toContain('on')
  expect(labels('rh.un')).toContain('under')
  expect(labels('x = 1.')).toBeUndefined()
  expect(labels('math.')).toBeUndefined()
})
