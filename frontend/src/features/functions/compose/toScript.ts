/** The script that a rule in sentences makes. */
import type { Act, Condition, Rule, Target } from './rule'

/** How a script calls the things of this house: by name where it is the only one of that name, else by number. */
export interface Callers {
  channel: (id: number) => string | number | undefined
  output: (id: number) => string | number | undefined
  function: (id: number) => string | number | undefined
}

/** A text as the script writes it. JSON's way is Starlark's too. */
const quoted = (name: string | number): string => (typeof name === 'number' ? String(name) : JSON.stringify(name))
const isNumber = (v: unknown): v is number => typeof v === 'number' && Number.isFinite(v)
const CLOCK = /^([01]\d|2[0-3]):[0-5]\d$/

class Unfinished extends Error {}
function need<T>(value: T | undefined | null | ''): T {
  if (value === undefined || value === null || value === '') throw new Unfinished()
  return value
}
const number = (v: unknown): number => (isNumber(v) ? v : need<number>(undefined))

function target(to: Target | undefined, by: Callers): string {
  const name = need(by.output(need(to).output))
  return to?.channel ? `output(${quoted(name)}, channel=${to.channel})` : `output(${quoted(name)})`
}

function conditionText(c: Condition, by: Callers): string {
  switch (c.is) {
    case 'channel': {
      const reading = `reading(${quoted(need(by.channel(need(c.channel))))})`
      const during = c.for_s ? `, seconds=${number(c.for_s)}` : ''
      if (c.op === 'between') return `(${reading}.over(${number(c.value)}${during}) and ${reading}.under(${number(c.high)}${during}))`
      return `${reading}.${c.op}(${number(c.value)}${during})`
    }
    case 'time': {
      if (!CLOCK.test(c.from) || !CLOCK.test(c.to)) throw new Unfinished()
      const [from, to] = [`time_of_day() >= "${c.from}"`, `time_of_day() < "${c.to}"`]
      return c.from <= c.to ? `(${from} and ${to})` : `(${from} or ${to})`
    }
    case 'output':
      return `${c.on === 'off' ? 'not ' : ''}${target(c.target, by)}.active`
    case 'sun':
      return c.day === 'night' ? 'not is_day()' : 'is_day()'
  }
}

function named(pairs: [string, number | undefined][]): string {
  return pairs.flatMap(([name, value]) => (isNumber(value) && value > 0 ? [`${name}=${value}`] : [])).join(', ')
}
const joined = (...parts: string[]) => parts.filter(Boolean).join(', ')

function actText(a: Act, by: Callers): string {
  switch (a.do) {
    case 'on':
      return `${target(a.target, by)}.on(${named([['seconds', a.for_s], ['per_hour', a.per_hour]])})`
    case 'off':
      return `${target(a.target, by)}.off()`
    case 'duty':
      return `${target(a.target, by)}.duty(${joined(String(number(a.amount)), named([['seconds', a.for_s]]))})`
    case 'value':
      return `${target(a.target, by)}.set(${joined(String(number(a.amount)), named([['seconds', a.for_s]]))})`
    case 'dose':
      return `${target(a.target, by)}.dose(${joined(String(number(a.amount)), named([['per_hour', a.per_hour]]))})`
    case 'setpoint':
      return `setpoint(${quoted(need(by.function(need(a.function))))}, ${number(a.amount)})`
    case 'enable':
    case 'disable':
      return `${a.do}(${quoted(need(by.function(need(a.function))))})`
    case 'notify':
      return `notify(${quoted(need(a.text.trim()))}, severity="${a.severity}")`
    case 'note':
      return `note(${quoted(need(a.text.trim()))})`
  }
}

/** null while a sentence is not finished. The condition stands by itself, so that a dry run can tell when it was true. */
export function toScript(rule: Rule, by: Callers): string | null {
  try {
    const words = { all: ' and ', any: ' or ' }
    const groups = rule.groups.filter((group) => group.parts.length)
    if (!groups.length || (!rule.then.length && !rule.otherwise.length)) return null
    const texts = groups.map((group) => {
      const parts = group.parts.map((part) => conditionText(part, by))
      return parts.length > 1 && groups.length > 1 ? `(${parts.join(words[group.join])})` : parts.join(words[group.join])
    })
    const block = (acts: Act[]) => (acts.length ? acts.map((act) => `    ${actText(act, by)}\n`).join('') : '    pass\n')
    return `when = ${texts.join(words[rule.join])}\nif when:\n${block(rule.then)}${rule.otherwise.length ? `else:\n${block(rule.otherwise)}` : ''}`
  } catch (error) {
    if (error instanceof Unfinished) return null
    throw error
  }
}

/** Name and line that a dry run adds to learn when the condition was true. */
export const CONDITION = 'condition'
export const watched = (script: string): string => `${script}result("${CONDITION}", 1 if when else 0)\n`
