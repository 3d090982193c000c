import { describe, expect, it } from 'vitest'
import { emptyRule, keep, kept, type Rule } from './rule'
import { toScript, type Callers } from './toScript'

const by: Callers = {
  channel: (id) => ({ 1: 'Vivarium/Humidity', 2: 'Vivarium/"Reservoir"', 3: 3 })[id],
  output: (id) => ({ 7: 'Mister' })[id],
  function: (id) => ({ 4: 'Heating' })[id],
}
const rule = (change: Partial<Rule>): Rule => ({ join: 'all', groups: [{ join: 'all', parts: [{ is: 'channel', channel: 1, op: 'under', value: 75, for_s: 180 }] }], then: [{ do: 'on', target: { output: 7 }, for_s: 20, per_hour: 6 }], otherwise: [], ...change })

describe('the script of a rule', () => {
  it('says what the sentence says', () => {
    expect(toScript(rule({}), by)).toBe('when = reading("Vivarium/Humidity").under(75, seconds=180)\nif when:\n    output("Mister").on(seconds=20, per_hour=6)\n')
  })
  it('joins groups in brackets, and has another way', () => {
    const text = toScript(
      rule({
        join: 'any',
        groups: [
          { join: 'all', parts: [{ is: 'channel', channel: 2, op: 'over', value: 0.5 }, { is: 'sun', day: 'night' }] },
          { join: 'all', parts: [{ is: 'output', target: { output: 7, channel: 1 }, on: 'off' }] },
        ],
        otherwise: [{ do: 'notify', text: 'Say "hello"', severity: 'critical' }],
      }),
      by,
    )
    expect(text).toBe(
      'when = (reading("Vivarium/\\"Reservoir\\"").over(0.5) and not is_day()) or not output("Mister", channel=1).active\nif when:\n    output("Mister").on(seconds=20, per_hour=6)\nelse:\n    notify("Say \\"hello\\"", severity="critical")\n',
    )
  })
  it('goes over midnight', () => {
    const at = (from: string, to: string) => toScript(rule({ groups: [{ join: 'all', parts: [{ is: 'time', from, to }] }] }), by)?.split('\n')[0]
    expect(at('06:00', '22:00')).toBe('when = (time_of_day() >= "06:00" and time_of_day() < "22:00")')
    expect(at('22:00', '06:00')).toBe('when = (time_of_day() >= "22:00" or time_of_day() < "06:00")')
    expect(at('22:00', 'soon')).toBeUndefined()
  })
  it('calls by number what has no name of its own', () => {
    expect(toScript(rule({ groups: [{ join: 'all', parts: [{ is: 'channel', channel: 3, op: 'between', value: 1, high: 2 }] }] }), by)).toContain('(reading(3).over(1) and reading(3).under(2))')
  })
  it('is none while something is missing', () => {
    expect(toScript(emptyRule(), by)).toBeNull()
    expect(toScript(rule({ then: [] }), by)).toBeNull()
    expect(toScript(rule({ then: [{ do: 'setpoint', function: 4 }] }), by)).toBeNull()
    expect(toScript(rule({ then: [{ do: 'setpoint', function: 9, amount: 3 }] }), by)).toBeNull()
    expect(toScript(rule({ then: [{ do: 'note', text: ' ' }] }), by)).toBeNull()
    expect(toScript(rule({ then: [{ do: 'setpoint', function: 4, amount: 0 }] }), by)).toContain('setpoint("Heating", 0)')
  })
})

describe('what is kept', () => {
  it('knows whether the script is still what the sentence made', () => {
    const script = toScript(rule({}), by) ?? ''
    expect(kept(keep(rule({}), script), script)).toEqual({ rule: rule({}), same: true })
    expect(kept(keep(rule({}), script), `${script}#`)?.same).toBe(false)
  })
  it('is nothing where it cannot be read', () => {
    expect([undefined, '', '{', '{"rule":{}}', '3'].map((text) => kept(text, ''))).toEqual([null, null, null, null, null])
  })
})
