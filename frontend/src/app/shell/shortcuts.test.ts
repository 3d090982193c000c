import { expect, it, vi } from 'vitest'
import { createReader, isBusy, shortcuts, type Shortcut } from './shortcuts'

function type(...presses: [key: string, at: number][]) {
  const act = vi.fn<(shortcut: Shortcut) => void>()
  const read = createReader(act)
  for (const [key, timeStamp] of presses) read({ key, timeStamp, preventDefault: () => undefined })
  return act.mock.calls.map(([shortcut]) => shortcut.keys)
}

it.each([
  ['two keys', [['g', 0], ['o', 300]], ['g o']],
  ['one key', [['/', 0]], ['/']],
  ['capitals', [['G', 0], ['I', 100]], ['g i']],
  ['a pause between', [['g', 0], ['o', 5000]], []],
  ['a slip, then the right ones', [['g', 0], ['x', 100], ['g', 200], ['a', 300]], ['g a']],
  ['g three times', [['g', 0], ['g', 100], ['g', 200], ['o', 300]], ['g g', 'g o']],
  ['a key of one after the first of two', [['g', 0], ['?', 100]], ['?']],
  ['what leads nowhere', [['Escape', 0], ['q', 1]], []],
] as const)('understands %s', (_, presses, done) => expect(type(...(presses as unknown as [string, number][]))).toEqual(done))

it('has no two ways to press one', () => expect(new Set(shortcuts.map(({ keys }) => keys)).size).toBe(shortcuts.length))

it('takes no key from a field', () => {
  document.body.innerHTML = '<input id="field"><p id="text"></p>'
  const busy = (id: string) => {
    let answer = false
    const listener = (event: Event) => (answer = isBusy(event as KeyboardEvent))
    window.addEventListener('keydown', listener, { once: true })
    document.getElementById(id)?.dispatchEvent(new KeyboardEvent('keydown', { key: 'g', bubbles: true, composed: true }))
    return answer
  }
  expect([busy('field'), busy('text')]).toEqual([true, false])
  document.body.innerHTML = '<div role="dialog"><p id="text"></p></div>'
  expect(busy('text')).toBe(true)
})
