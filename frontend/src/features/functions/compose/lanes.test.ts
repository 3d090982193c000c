import { expect, it } from 'vitest'
import { normal } from '../script'
import { lanesOf } from './lanes'

const MINUTE = 60_000
const on = { what: 'set_output', line: 3, text: 'Mister: on for 20s', output: 7, level: { on: true }, duration_s: 20 }
const at = (minute: number, condition: number, actions: object[] = []) => ({ t: minute * MINUTE, results: [{ index: 0, value: condition }], actions: actions as never[] })

it('makes stretches of runs that follow each other', () => {
  const run = normal({ runs: 6, series: [at(0, 0), at(1, 1, [on]), at(2, 1, [{ ...on, held: 'at most 6 times an hour' }]), at(3, 0), at(4, 0), at(5, 1, [on])] })
  const lanes = lanesOf(run, MINUTE)
  expect(lanes.condition).toEqual([
    { from: MINUTE, to: 3 * MINUTE },
    { from: 5 * MINUTE, to: 6 * MINUTE },
  ])
  expect(lanes.would).toHaveLength(1)
  expect(lanes.would[0]?.stretches).toEqual([
    { from: MINUTE, to: MINUTE + 20_000 },
    { from: 5 * MINUTE, to: 5 * MINUTE + 20_000 },
  ])
  expect(lanes).toMatchObject({ times: 2, total: 40_000, why: 'at most 6 times an hour', held: [{ from: 2 * MINUTE, to: 3 * MINUTE }] })
})

it('counts a command that is only renewed once', () => {
  const stays = { ...on, duration_s: undefined }
  expect(lanesOf(normal({ runs: 3, series: [at(0, 1, [stays]), at(1, 1, [stays]), at(2, 1, [stays])] }), MINUTE)).toMatchObject({ times: 1, total: 3 * MINUTE })
})

it('gives no length to what has none', () => {
  expect(lanesOf(normal({ runs: 1, series: [at(0, 1, [{ what: 'note', line: 1, text: 'a note' }])] }), MINUTE)).toMatchObject({ times: 1, total: null })
  expect(lanesOf(normal({ runs: 1 }), MINUTE)).toMatchObject({ times: 0, total: null, condition: [], would: [] })
})
