import { describe, expect, it } from 'vitest'
import type { HyphaEvent } from '@/api/types'
import { percent, spansOf, sumOf, type Frame } from './health'

const at = (ms: number) => new Date(ms).toISOString()
let id = 0
const event = (t: number, type: HyphaEvent['type'], data: Record<string, unknown>): HyphaEvent => ({ id: ++id, t: at(t), type, source: type === 'system' ? 'hypha' : 'input/1', message: '', user: '', data }) as HyphaEvent
const frame = (over: Partial<Frame> = {}): Frame => ({ from: 0, to: 1000, since: -5000, status: { state: 'running', since: at(0) }, enabled: true, ...over })
const short = (events: HyphaEvent[], over: Partial<Frame> = {}) => spansOf(events, frame(over)).map((span) => [span.from, span.to, span.health])

describe('what was', () => {
  it('is well where nothing was told', () => expect(short([])).toEqual([[0, 1000, 'well']]))
  it('begins when the thing was made', () => expect(short([], { since: 400 })).toEqual([[400, 1000, 'well']]))
  it('is ill between two events, in whatever order they come', () =>
    expect(short([event(600, 'controller', { state: 'running' }), event(200, 'controller', { state: 'backing_off', error: 'no answer' })])).toEqual([[0, 200, 'well'], [200, 600, 'backing_off'], [600, 1000, 'well']]))
  it('knows how it stood before the window', () => expect(short([event(-300, 'controller', { state: 'degraded' }), event(500, 'controller', { state: 'running' })])).toEqual([[0, 500, 'degraded'], [500, 1000, 'well']]))
  it('ends an illness that nobody told the end of, when it began to run', () =>
    expect(short([event(200, 'controller', { state: 'failed' })], { status: { state: 'running', since: at(700) } })).toEqual([[0, 200, 'well'], [200, 700, 'failed'], [700, 1000, 'well']]))
  it('is down while Hypha was', () => expect(short([event(300, 'system', { started: false }), event(500, 'system', { started: true })])).toEqual([[0, 300, 'well'], [300, 500, 'down'], [500, 1000, 'well']]))
  it('stays off over a restart', () =>
    expect(short([event(100, 'audit', { action: 'disabled' }), event(300, 'system', { started: false }), event(500, 'system', { started: true }), event(800, 'audit', { action: 'enabled' })])).toEqual([
      [0, 100, 'well'],
      [100, 300, 'off'],
      [300, 500, 'down'],
      [500, 800, 'off'],
      [800, 1000, 'well'],
    ]))
  it('does not heed other changes', () => expect(short([event(300, 'audit', { action: 'updated' })])).toEqual([[0, 1000, 'well']]))
})

it('sums up: degraded still gives values, off was not asked for', () => {
  const spans = spansOf([event(100, 'controller', { state: 'degraded' }), event(200, 'controller', { state: 'failed' }), event(300, 'controller', { state: 'running' }), event(500, 'audit', { action: 'disabled' }), event(900, 'audit', { action: 'enabled' })], frame())
  expect(sumOf(spans)).toEqual({ uptime: 500 / 600, troubles: 1, longest: 100 })
  expect(sumOf([])).toEqual({ uptime: null, troubles: 0, longest: 0 })
})

it('never rounds up to perfection', () => expect([1, 0.99996, 0.9949, 0.5].map(percent)).toEqual(['100', '99.99', '99.49', '50.0']))
