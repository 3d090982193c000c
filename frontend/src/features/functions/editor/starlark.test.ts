import { StringStream } from '@codemirror/language'
import { expect, it } from 'vitest'
import { token } from './starlark'

/** The words of a script with what they are, line by line. */
function read(text: string): [string, string | null][][] {
  const state = { open: '', indent: 0, opens: false }
  return text.split('\n').map((line) => {
    const stream = new StringStream(line, 4, 4)
    const out: [string, string | null][] = []
    while (!stream.eol()) {
      const kind = token(stream, state)
      const piece = stream.current()
      if (piece.trim()) out.push([piece, kind])
      stream.start = stream.pos
    }
    return out
  })
}

it('tells words, calls, texts, numbers and comments apart', () => {
  expect(read('if value("a # b", max_age = 2.5) != None: # why')).toEqual([
    [
      ['if', 'keyword'],
      ['value', 'variableName.function'],
      ['(', null],
      ['"a # b"', 'string'],
      [',', null],
      ['max_age', 'variableName'],
      ['=', null],
      ['2.5', 'number'],
      [')', null],
      ['!', null],
      ['=', null],
      ['None', 'atom'],
      [':', null],
      ['# why', 'comment'],
    ],
  ])
})

it('reads texts over lines, and ends a simple one with its line', () => {
  expect(read('x = """one\ntwo""" + 1')[1]).toEqual([
    ['two"""', 'string'],
    ['+', null],
    ['1', 'number'],
  ])
  expect(read('x = "open\ny')[1]).toEqual([['y', 'variableName']])
  expect(read('x = "a\\"b" + c')[0]?.at(-1)).toEqual(['c', 'variableName'])
})
