import { beforeAll, describe, expect, it } from 'vitest'
import { loadWords } from '@/app/i18n'
import { ruleFacts } from './facts'

beforeAll(() => loadWords(['outputs']))
type Ruled = Parameters<typeof ruleFacts>[0]
const told = (part: Partial<Ruled>) =>
  Object.fromEntries(ruleFacts({ type: 'on_off', safe: null, at_start: null, at_stop: null, limits: {}, ...part }).map((fact) => [fact.key, fact.value]))

describe('the rules of an output', () => {
  it('are said even where nobody set them', () => expect(told({})).toEqual({ safe: 'Off', at_start: 'As the safe state', at_stop: 'As the safe state' }))
  it('name levels', () => expect(told({ type: 'pwm', safe: { duty: 20 }, at_start: 'keep' })).toMatchObject({ safe: '20 %', at_start: 'Leave as it is' }))
  it('list only limits that are set, in units of people', () => expect(told({ limits: { max_on_s: 5400, min_off_s: null } })).toMatchObject({ max_on_s: '1 h 30 min' }))
  it('leave a value that has no safe state as it is', () => expect(told({ type: 'value' }).safe).toBe('Leave as it is'))
})
