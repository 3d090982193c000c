/** What an editor of scripts offers at a place: the words of scripts, and the names of this house inside of quotes. */
import type { Completion } from '@codemirror/autocomplete'
import type { Builtin } from '../script'

export interface Named {
  name: string
  detail?: string
}

/** What can be named in a script. */
export interface Names {
  channels: Named[]
  outputs: Named[]
  functions: Named[]
  inputs: Named[]
}

export interface Offer {
  /** Where what is being typed begins, counted back from the cursor. */
  length: number
  options: Completion[]
}

const KEYWORDS = ['if', 'elif', 'else', 'for', 'in', 'not', 'and', 'or', 'def', 'return', 'pass', 'break', 'continue', 'lambda', 'None', 'True', 'False', 'len', 'range', 'min', 'max', 'abs', 'int', 'float', 'str', 'round', 'sorted', 'enumerate', 'fail']
/** Parts of what reading() and output() give. */
const MEMBERS: [string, string][] = [
  ['value', 'reading'],
  ['usable', 'reading'],
  ['age', 'reading'],
  ['under', 'reading'],
  ['over', 'reading'],
  ['quality', 'reading'],
  ['unit', 'reading'],
  ['on', 'output'],
  ['off', 'output'],
  ['duty', 'output'],
  ['dose', 'output'],
  ['level', 'output'],
  ['active', 'output'],
]
const METHODS = new Set(['under', 'over', 'on', 'off', 'duty', 'dose'])

/** Which names the first text of a call stands for. */
const ARGUMENT: Record<string, (keyof Names)[]> = {
  value: ['channels'],
  reading: ['channels'],
  mean: ['channels'],
  minimum: ['channels'],
  maximum: ['channels'],
  sum: ['channels'],
  count: ['channels'],
  age: ['channels'],
  output: ['outputs'],
  set_output: ['outputs'],
  setpoint: ['functions'],
  adjust: ['functions'],
  enable: ['functions'],
  disable: ['functions'],
}

const inText = (before: string): { call: string; typed: string } | null => {
  const m = /(\w+)\(\s*(["'])((?:(?!\2)[^\\]|\\.)*)$/.exec(before)
  return m ? { call: m[1] ?? '', typed: m[3] ?? '' } : null
}

/** Inside of a text, or behind a comment sign, words of the language mean nothing. */
const quiet = (before: string): boolean => {
  let quote = ''
  for (let i = 0; i < before.length; i++) {
    const c = before[i]
    if (quote) {
      if (c === '\\') i += 1
      else if (c === quote) quote = ''
    } else if (c === '"' || c === "'") quote = c
    else if (c === '#') return true
  }
  return quote !== ''
}

const isCall = (one: Builtin) => one.signature.startsWith(`${one.name}(`)

/** What fits behind the line's text before the cursor; null when there is nothing to offer. `asked`: by Ctrl-Space, so that nothing need be typed. */
export function offersFor(before: string, builtins: Builtin[], names: Names, asked: boolean): Offer | null {
  const text = inText(before)
  if (text) {
    const lists = ARGUMENT[text.call]
    if (!lists) return null
    return { length: text.typed.length, options: lists.flatMap((list) => names[list]).map((one) => ({ label: one.name, detail: one.detail, type: 'text' })) }
  }
  if (quiet(before)) return null
  const member = /\.(\w*)$/.exec(before)
  if (member) {
    if (/\bmath\.\w*$/.test(before) || /(^|[^\w.])\d+\.\d*$/.test(before)) return null
    return { length: member[1]?.length ?? 0, options: MEMBERS.map(([label, detail]) => ({ label, detail, type: METHODS.has(label) ? 'method' : 'property', apply: METHODS.has(label) ? `${label}(` : label })) }
  }
  const word = /[A-Za-z_]\w*$/.exec(before)?.[0] ?? ''
  if (!word && !asked) return null
  return {
    length: word.length,
    options: [
      ...builtins.map((one): Completion => ({ label: one.name, detail: one.signature.slice(one.name.length), info: one.doc, type: isCall(one) ? 'function' : 'variable', apply: isCall(one) ? `${one.name}(` : one.name, boost: 1 })),
      ...KEYWORDS.map((label): Completion => ({ label, type: 'keyword' })),
    ],
  }
}
