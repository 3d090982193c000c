import { describe, expect, it } from 'vitest'
import type { HyphaFunction, Kind, Output } from '@/api/types'
import { fittingMode } from './fitMode'
import { trackOf } from './terms'
import { drivenLines, usesOf } from './uses'
import { doingOf, idealOf, parallelOf, pidOf } from './view'

const made = (part: Partial<HyphaFunction>): HyphaFunction => ({
  id: 7, name: 'Heat', kind: 'pid', options: {}, secrets_set: [], period_s: 5, enabled: true, zone: null, channels: [], state: null, created_at: '', updated_at: '',
  status: { state: 'running', since: '', attempt: 1 } as HyphaFunction['status'], ...part,
})
const heating = { channel: 3, setpoint: 26, kp: 12, ki: 0.02, direction: 'raise', raise: { output: 1 } }

describe('a PID', () => {
  it('is what its state says', () =>
    expect(pidOf(made({ options: heating, state: { mode: 'held', setpoint: 25, p: 3, i: -1, d: 0, output: 42, saturated: false, gains: { kp: 12, ki: 0.02, kd: 0, ti_s: 600, td_s: 0 } } }))).toMatchObject({
      mode: 'held', setpoint: 26, p: 3, i: -1, output: 42, low: 0, high: 100, unit: '%', gains: { kp: 12, ti_s: 600 },
    }))
  it('takes the set-point of the loop where it moves by itself', () => {
    const at = (options: object, state: object) => pidOf(made({ options: { ...heating, ...options }, state: { mode: 'automatic', setpoint: 22, ...state } }))?.setpoint
    expect([at({ method: 2 }, {}), at({ ramp_per_min: 1 }, {}), at({}, { led_by: 'function/2' }), at({}, {})]).toEqual([22, 22, 22, 26])
  })
  it('claims no value that it was not told', () => expect(pidOf(made({ options: heating }))).toMatchObject({ mode: 'waiting', output: null, p: null, measurement: null, tuning: undefined }))
  it('reaches below zero with two outputs', () => expect(pidOf(made({ options: { ...heating, direction: 'both', out_max: 60 } }))).toMatchObject({ low: -60, high: 60 }))
  it('knows the unit of its output', () => expect(['volume', 'value', 'time_proportional'].map((mode) => pidOf(made({ options: { ...heating, mode } }))?.unit)).toEqual(['ml', '', '%']))
  it('is no other kind', () => expect(pidOf(made({ kind: 'hysteresis' }))).toBeNull())
})

describe('gains', () => {
  it('are told in both forms', () => expect(idealOf(12, 0.02, 60)).toEqual({ ti_s: 600, td_s: 5 }))
  it('have no time where there is no term', () => expect([idealOf(12, 0, 0), idealOf(0, 0, 5)]).toEqual([{ ti_s: 0, td_s: 0 }, { ti_s: 0, td_s: 0 }]))
  it('come back as they went', () => {
    const { ki, kd } = parallelOf(12, 600, 5)
    expect([ki, kd]).toEqual([0.02, 60])
    expect(parallelOf(12, 0, 0)).toEqual({ ki: 0, kd: 0 })
  })
})

describe('what a function does', () => {
  it('is a measurement led to a set-point', () =>
    expect(doingOf(made({ options: heating, state: { mode: 'automatic', output: 41.6 } }))).toEqual({ is: 'regulating', channel: 3, setpoint: 26, mode: 'automatic', output: '42 %' }))
  it('says so of a two-point regulator too', () =>
    expect(doingOf(made({ kind: 'hysteresis', options: { channel: 2, setpoint: 65 }, state: { state: 'regulating', raises: 'on', setpoint: 65 } }))).toMatchObject({ is: 'regulating', output: 'on' }))
  it('is the value it yields', () =>
    expect(doingOf(made({ kind: 'average', options: { channels: [1, 2] }, channels: [{ id: 30, index: 0, name: '', quantity: 'temperature', unit: 'C' }] }))).toEqual({ is: 'result', channels: [30] }))
  it('is a time to wait for', () => expect(doingOf(made({ kind: 'trigger_daily', state: { fired: 2, next_at: '2026-11-28T08:00:00Z' } }))).toEqual({ is: 'waiting', next: '2026-11-28T08:00:00Z', fired: 2 }))
  it('is a word, or nothing', () => expect(doingOf(made({ kind: 'trigger_daily', state: 'odd' }))).toEqual({ is: 'word', text: '' }))
})

describe('the bars', () => {
  it('begin at zero on the left where the output only pushes one way', () => expect(trackOf(0, 100, [30, 20, null])).toMatchObject({ zero: 0 }))
  it('go both ways around zero', () => {
    const track = trackOf(0, 100, [-100, 50, 0])
    expect(track.zero).toBe(50)
    expect(track.bar(-100)).toEqual({ from: 0, width: 50, cut: false })
    expect(track.bar(50)).toEqual({ from: 50, width: 25, cut: false })
  })
  it('leave room for the rest when a term is far beyond the limits', () => {
    const track = trackOf(0, 100, [5000, -4900, 0])
    expect([track.at(-200), track.at(200), track.bar(5000).cut]).toEqual([0, 100, true])
  })
})

const target = { type: ['object', 'null'], properties: { output: { type: 'integer', format: 'output', minimum: 1 }, channel: { type: 'integer', default: 0 } } }
const kind = {
  options_schema: {
    properties: {
      channel: { type: 'integer', format: 'channel', 'x-order': 0 },
      direction: { type: 'string', enum: ['raise', 'lower'], default: 'raise', 'x-order': 1 },
      raise: { ...target, 'x-order': 2, 'x-when': { field: 'direction', in: ['raise'] } },
      lower: { ...target, 'x-order': 3, 'x-when': { field: 'direction', in: ['lower'] } },
      more: { type: 'array', items: { type: 'integer', format: 'channel' }, 'x-order': 4 },
      actions: { type: 'array', items: { type: 'object', properties: { on: { type: 'integer', format: 'output' } } }, 'x-order': 5 },
    },
  },
} as unknown as Kind

describe('what a function uses', () => {
  it('is read from the schema of its kind', () =>
    expect(usesOf(kind, { channel: 3, raise: { output: 1 }, lower: { output: 2, channel: 4 }, more: [5, 3], actions: [{ on: 9 }] })).toEqual({ targets: ['1/0', '9/0'], channels: [3, 5] }))
  it('is nothing as long as the kind is unknown', () => expect(usesOf(undefined, { raise: { output: 1 } })).toEqual({ targets: [], channels: [] }))
  it('includes what it drives without naming it', () => {
    const outputs = [1, 2, 3].map((id) => ({ id, name: `O${id}`, channels: [{ index: 0, name: '', state: {} }] })) as unknown as Output[]
    const lines = drivenLines(made({ options: { raise: { output: 3 } } }), kind, outputs, (line) => (line.output.id === 2 ? 'function/7' : 'user:maya'))
    expect(lines.map((line) => [line.key, line.named])).toEqual([['3/0', true], ['2/0', false]])
  })
})

describe('the mode of a PID', () => {
  const outputs = [{ id: 1, channels: [{ index: 0, type: 'on_off' }, { index: 1, type: 'pwm' }] }] as unknown as Output[]
  it('fits the output that was chosen', () => expect([{ output: 1 }, { output: 1, channel: 1 }, { output: 2 }, undefined].map((one) => fittingMode(one, outputs))).toEqual(['time_proportional', 'duty', null, null]))
})
