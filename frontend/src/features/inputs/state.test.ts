import { describe, expect, it } from 'vitest'
import type { Status } from '@/api/types'
import { faceOf, stateDetail, stateWord, urgencyOf } from './state'

const now = Date.parse('2026-03-12T14:06:00Z')
const status = (part: Partial<Status>): Status => ({
  state: 'running', since: '2026-03-12T14:00:00Z', attempt: 0, abandoned_calls: 0, failures: 0, reads: 0, rejected: 0, restarts: 0, skipped: 0, lateness_ms: 0, late_max_ms: 0, ...part,
})

describe('the word of a state', () => {
  it.each([
    ['running', {}, 'Running'],
    ['degraded', {}, 'Degraded'],
    ['inactive', {}, 'Off'],
    ['failed', {}, 'Failed'],
    ['backing_off', { next_try_at: '2026-03-12T14:06:18Z' }, 'Next try in 18 s'],
    ['backing_off', { next_try_at: '2026-03-12T14:05:59Z' }, 'Trying now'],
    ['backing_off', {}, 'Retrying'],
    ['stale', { last_reading_at: '2026-03-12T13:32:00Z' }, '34 min old'],
  ] as const)('%s %o is "%s"', (face, part, word) => expect(stateWord(face, status(part), now)).toBe(word))
})

it('says the attempt, and how often a value is due', () => {
  expect(stateDetail('backing_off', { period_s: 10 }, status({ attempt: 5 }), now)).toBe('attempt 5')
  expect(stateDetail('stale', { period_s: 600 }, status({}), now)).toBe('due every 10 min')
  expect(stateDetail('stale', { period_s: 0 }, status({}), now)).toBe('')
  expect(stateDetail('running', { period_s: 10 }, status({}), now)).toBe('')
})

it('is stale when it runs and every known value is old', () => {
  expect(faceOf(status({}), ['stale', 'stale'])).toBe('stale')
  expect(faceOf(status({}), ['stale', 'good'])).toBe('running')
  expect(faceOf(status({}), [null])).toBe('running')
  expect(faceOf(status({ state: 'failed' }), ['stale'])).toBe('failed')
})

it('puts failed before retrying before degraded before stale', () => {
  const faces = ['running', 'stale', 'degraded', 'backing_off', 'failed'] as const
  expect(faces.map(urgencyOf)).toEqual([0, 1, 2, 3, 4])
})
