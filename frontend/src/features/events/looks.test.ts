import { expect, it } from 'vitest'
import type { HyphaEvent } from '@/api/types'
import { lookOf, placeOf } from './looks'

const event = (part: Partial<HyphaEvent>): HyphaEvent => ({ id: 1, t: '2026-03-12T14:06:00Z', type: 'alert', source: 'stop', message: '', data: {}, ...part })

it('alarms at a stop, and not at its release', () => {
  expect(lookOf(event({ data: { stopped: true } })).tone).toBe('text-bad')
  expect(lookOf(event({ data: { stopped: false } })).tone).toBe('text-ok')
})
it('takes a device by its state', () => expect(lookOf(event({ type: 'controller', source: 'input/1', data: { state: 'backing_off' } })).tone).toBe('text-warn'))
it('leads to the thing it is about', () => {
  expect(placeOf(event({ source: 'audit', data: { ref: 'zone/7' } }))).toBe('/zones/7')
  expect(placeOf(event({ source: 'login' }))).toBeUndefined()
})
