import { describe, expect, it } from 'vitest'
import type { HyphaEvent, Note } from '@/api/types'
import { changesOf, deedsOf, grouped, notesOf, turnsOf } from './marks'

let id = 0
const event = (t: number, type: string, source: string, data: Record<string, unknown>, user?: string): HyphaEvent => ({ id: ++id, t: new Date(t).toISOString(), type, source, message: '', data, user })
const at = (t: number, state: string) => event(t, 'controller', 'input/1', { state })
const shape = (events: HyphaEvent[]) => turnsOf(events).map((mark) => [mark.t, mark.bad, mark.until])
const drawn = { channels: new Set([7]), inputs: new Set(['input/1']), functions: new Set(['function/2']) }

describe('marks of an input', () => {
  it('are its turns, not each try, and trouble lasts until it is over', () =>
    expect(shape([at(1, 'running'), at(10, 'degraded'), at(20, 'backing_off'), at(30, 'backing_off'), at(40, 'running')])).toEqual([[10, true, 40], [40, false, null]]))
  it('do not speak of a start that went well', () => expect(shape([at(1, 'initializing'), at(2, 'running')])).toEqual([]))
  it('know what was so before the view', () => expect(shape([at(1, 'failed'), at(90, 'running')])).toEqual([[1, true, 90], [90, false, null]]))
})

describe('marks of outputs', () => {
  it('are deeds of people and doses, not each turn of a function', () => {
    const events = [
      event(1, 'output', 'output/1', { level: { on: true } }, 'user:maya'),
      event(2, 'output', 'output/1', { level: { on: false } }, 'function/1'),
      event(3, 'output', 'output/2', { level: { volume_ml: 5 } }, 'function/3'),
      event(4, 'output', 'output/2', { level: null }, 'user:maya'),
    ]
    expect(deedsOf(events).map((mark) => [mark.t, mark.kind])).toEqual([[1, 'hand'], [3, 'dose']])
  })
})

describe('marks of changes', () => {
  it.each([
    ['a set-point', event(1, 'audit', 'function/2', { action: 'adjusted', change: { setpoint: 24 } }), 'setpoint'],
    ['a gain', event(1, 'audit', 'function/2', { action: 'adjusted', change: { kp: 3 } }), undefined],
    ['the set-point of another function', event(1, 'audit', 'function/9', { action: 'adjusted', change: { setpoint: 24 } }), undefined],
    ['a calibration', event(1, 'audit', 'input/1', { channel: 7, fields: ['calibration'] }), 'calibration'],
    ['a new name', event(1, 'audit', 'input/1', { channel: 7, fields: ['name'] }), undefined],
    ['an alert', event(1, 'alert', 'alert/1', { state: 'firing' }), 'alert'],
    ['its end', event(1, 'alert', 'alert/1', { state: 'ok' }), 'calm'],
    ['that somebody has seen it', event(1, 'alert', 'alert/1', { action: 'acknowledged' }), undefined],
    ['a stop', event(1, 'alert', 'stop', { stopped: true }), 'stop'],
  ])('%s', (_name, one, kind) => expect(changesOf([one], drawn)[0]?.kind).toBe(kind))
})

it('shows notes about what is drawn, and those about nothing', () => {
  const note = (n: number, refs: string[]) => ({ id: n, t: new Date(n).toISOString(), until: null, refs }) as unknown as Note
  expect(notesOf([note(1, ['channel/7']), note(2, ['channel/8']), note(3, [])], new Set(['channel/7'])).map((mark) => mark.t)).toEqual([1, 3])
})

describe('marks that lie close', () => {
  const marks = turnsOf([at(10, 'degraded'), at(12, 'running'), at(14, 'failed'), at(50, 'running')])
  it('become one, and trouble outweighs its end', () => expect(grouped(marks, 10).map((g) => [g.t, g.face.bad, g.marks.length])).toEqual([[10, true, 3], [50, false, 1]]))
})
