import { describe, expect, it } from 'vitest'
import type { HyphaEvent } from '@/api/types'
import { toStories } from './journal'
import { overviewSentence } from './sentence'
import { sideOf } from './zones'

const say = (troubles: Parameters<typeof overviewSentence>[0]['troubles'], more = {}) => overviewSentence({ stopped: false, empty: false, troubles, ...more })

describe('the title', () => {
  it.each([
    [[], 'All is well.'],
    [[{ name: 'Garden weather', kind: 'backing_off' as const }], 'Garden weather does not answer. All else is well.'],
    [[{ name: 'Wort pH', kind: 'failed' as const }], 'Wort pH has failed. All else is well.'],
    [[{ name: 'Vivarium', kind: 'zone_out' as const }], 'Vivarium is out of its band. All else is well.'],
    [[{ name: 'A', kind: 'failed' as const }, { name: 'B', kind: 'stale' as const }], 'A and B need you. All else is well.'],
    [[1, 2, 3].map((n) => ({ name: String(n), kind: 'failed' as const })), '3 things need you.'],
  ])('%o: %s', (troubles, sentence) => expect(say(troubles)).toBe(sentence))
  it('says first that everything is stopped', () => expect(say([{ name: 'A', kind: 'failed' }], { stopped: true })).toBe('Everything is stopped.'))
  it('says when there is nothing', () => expect(say([], { empty: true })).toBe('Nothing to watch yet.'))
})

it.each([[20, 'low'], [22, null], [26, null], [27, 'high']])('%s is %s for 22 to 26', (value, side) => expect(sideOf(value, { channel: 1, min: 22, max: 26 })).toBe(side))

describe('the journal', () => {
  const at = (minute: number, source: string): HyphaEvent => ({ id: minute, t: new Date(minute * 60_000).toISOString(), type: 'controller', source, message: '', data: {} })
  const ids = (events: HyphaEvent[]) => toStories(events).map(({ head, then }) => [head.id, ...then.map((e) => e.id)])

  it('hangs what followed on its cause', () => expect(ids([at(30, 'b'), at(12, 'a'), at(11, 'a'), at(10, 'a')])).toEqual([[30], [10, 11, 12]]))
  it('starts a new story after a quarter of an hour', () => expect(ids([at(30, 'a'), at(10, 'a')])).toEqual([[30], [10]]))
  it('tells two things apart, even when they happen at once', () => expect(ids([at(12, 'a'), at(11, 'b'), at(10, 'a')])).toEqual([[11], [10, 12]]))
  it('begins anew when it goes on for an hour', () => expect(ids([70, 60, 50, 40, 30, 20, 10].map((m) => at(m, 'a')))).toEqual([[70], [10, 40, 50, 60]]))
  it('counts what it leaves out of a long story', () => expect(toStories([9, 8, 7, 6, 5, 4].map((m) => at(m, 'a')))[0]).toMatchObject({ head: { id: 4 }, then: [{ id: 7 }, { id: 8 }, { id: 9 }], more: 2 }))
})
