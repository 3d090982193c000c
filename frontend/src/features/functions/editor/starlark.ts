/** The words of Starlark for the editor's colours. Its texts may go over lines; what stands at the beginning of a line tells how far in the next one goes. */
import { StreamLanguage, type StringStream } from '@codemirror/language'

interface Reading {
  /** The quotes of a text that is still open at the end of a line. */
  open: string
  /** Columns to which the lines of open blocks are moved in. */
  indent: number
  opens: boolean
}

const WORDS = new Set(['and', 'break', 'continue', 'def', 'elif', 'else', 'for', 'if', 'in', 'lambda', 'load', 'not', 'or', 'pass', 'return'])
const ATOMS = new Set(['None', 'True', 'False'])
const STEP = 4

function text(stream: StringStream, state: Reading): string {
  const quote = state.open
  while (!stream.eol()) {
    if (stream.match(quote)) {
      state.open = ''
      return 'string'
    }
    if (stream.next() === '\\') stream.next()
  }
  if (quote.length === 1) state.open = '' // a simple text ends with its line
  return 'string'
}

export function token(stream: StringStream, state: Reading): string | null {
  if (stream.sol() && !state.open) {
    state.indent = stream.indentation()
    state.opens = false
  }
  if (state.open) return text(stream, state)
  if (stream.eatSpace()) return null
  if (stream.peek() === '#') {
    stream.skipToEnd()
    return 'comment'
  }
  const quote = stream.match(/^r?("""|'''|"|')/)
  if (quote && typeof quote === 'object') {
    state.open = quote[1] ?? '"'
    state.opens = false
    return text(stream, state)
  }
  if (stream.match(/^(0[xX][\da-fA-F]+|0[oO][0-7]+|(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?)/)) {
    state.opens = false
    return 'number'
  }
  const word = stream.match(/^[A-Za-z_]\w*/)
  if (word && typeof word === 'object') {
    state.opens = false
    const name = word[0]
    if (WORDS.has(name)) return 'keyword'
    if (ATOMS.has(name)) return 'atom'
    return stream.match(/^\s*\(/, false) ? 'variableName.function' : 'variableName'
  }
  state.opens = stream.next() === ':'
  return null
}

export const starlark = StreamLanguage.define<Reading>({
  name: 'starlark',
  startState: () => ({ open: '', indent: 0, opens: false }),
  token,
  indent: (state, after) => {
    if (state.open) return null
    if (/^(else\b|elif\b)/.test(after)) return Math.max(0, state.indent - (state.opens ? 0 : STEP))
    return state.indent + (state.opens ? STEP : 0)
  },
  languageData: { commentTokens: { line: '#' }, closeBrackets: { brackets: ['(', '[', '{', '"', "'"] }, indentOnInput: /^\s*(elif\b.*|else):$/ },
})
