import { expect, it } from 'vitest'
import { Conflator } from './conflate'

it('keeps only the newest reading of each channel', () => {
  const held = new Conflator()
  for (let i = 0; i < 1000; i++) held.add({ op: 'readings', seq: i, r: [[1, i, i / 10], [2, i, i / 5, 'stale']] })
  expect(held.take().readings).toEqual([[1, 999, 99.9], [2, 999, 199.8, 'stale']])
  expect(held.empty).toBe(true)
})

it('lets no late reading replace a newer one', () => {
  const held = new Conflator()
  held.add({ op: 'readings', seq: 1, r: [[1, 500, 21]] })
  held.add({ op: 'readings', seq: 2, r: [[1, 400, 99]] })
  expect(held.take().readings).toEqual([[1, 500, 21]])
})

it('takes a new quality of the same reading', () => {
  const held = new Conflator()
  held.add({ op: 'readings', seq: 1, r: [[1, 500, 21]] })
  held.add({ op: 'readings', seq: 2, r: [[1, 500, 21, 'stale']] })
  expect(held.take().readings).toEqual([[1, 500, 21, 'stale']])
})

it('bounds the events that wait', () => {
  const held = new Conflator()
  for (let id = 0; id < 500; id++) {
    held.add({ op: 'event', seq: id, event: { id, t: '2026-01-01T00:00:00Z', type: 'system', source: '', message: '', data: {} } })
  }
  const { events } = held.take()
  expect(events).toHaveLength(200)
  expect(events.at(-1)?.id).toBe(499)
})

it('says that a snapshot starts anew', () => {
  const held = new Conflator()
  held.add({ op: 'snapshot', seq: 7, readings: [[1, 1, 2]] })
  expect(held.take()).toMatchObject({ fresh: true, readings: [[1, 1, 2]] })
  expect(held.take().fresh).toBe(false)
})
