import { describe, expect, it } from 'vitest'
import type { HyphaEvent } from '@/api/types'
import { spread, turnsOf } from './marks'

let id = 0
const at = (t: number, state: string): HyphaEvent => ({ id: ++id, t: new Date(t).toISOString(), type: 'controller', source: 'input/1', message: state, data: { state } })
const shape = (events: HyphaEvent[]) => turnsOf(events).map((mark) => [mark.t, mark.bad])

describe('marks of an input', () => {
  it('are its turns, not each try', () =>
    expect(shape([at(1, 'running'), at(10, 'degraded'), at(20, 'backing_off'), at(30, 'backing_off'), at(40, 'running')])).toEqual([[10, true], [40, false]]))
  it('do not speak of a start that went well', () => expect(shape([at(1, 'initializing'), at(2, 'running')])).toEqual([]))
  it('know what was so before the view', () => expect(shape([at(1, 'failed'), at(90, 'running')])).toEqual([[1, true], [90, false]]))
})

describe('marks that lie close', () => {
  const marks = turnsOf([at(10, 'degraded'), at(12, 'running'), at(14, 'failed'), at(50, 'running')])
  it('become one, and trouble outweighs its end', () => expect(spread(marks, 0, 100, 10).map((m) => [m.t, m.bad, m.more])).toEqual([[10, true, 2], [50, false, 0]]))
  it('outside the view are none', () => expect(spread(marks, 20, 100, 10).map((m) => m.t)).toEqual([50]))
})
