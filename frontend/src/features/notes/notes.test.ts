import { describe, expect, it } from 'vitest'
import type { Note } from '@/api/types'
import { bodyOf, draftOf, withTags } from './draft'
import { blocks, inlines } from './marks'

describe('the text of a note', () => {
  it('is emphasis, code, addresses and nothing else', () => {
    expect(inlines('**Now** <b>2*3*4</b>, `pH` see https://example.org/a?b=1).')).toEqual([
      { kind: 'strong', text: 'Now' },
      { kind: 'text', text: ' <b>2' },
      { kind: 'em', text: '3' },
      { kind: 'text', text: '4</b>, ' },
      { kind: 'code', text: 'pH' },
      { kind: 'text', text: ' see ' },
      { kind: 'link', text: 'https://example.org/a?b=1' },
      { kind: 'text', text: ').' },
    ])
    expect(inlines('javascript:alert(1)')).toEqual([{ kind: 'text', text: 'javascript:alert(1)' }])
  })
  it('has lists, headings and paragraphs', () => {
    expect(blocks('# Today\none\ntwo\n\n- a\n- b\nafter').map((block) => [block.kind, block.kind === 'list' ? block.items.length : block.lines.length])).toEqual([
      ['heading', 1],
      ['paragraph', 2],
      ['list', 2],
      ['paragraph', 1],
    ])
  })
})

describe('a draft', () => {
  const note = { id: 3, note: 'Sown', text: 'in rows', t: '2026-05-01T06:00:12.345Z', tags: ['growth'], refs: ['zone/1'], files: [] } as unknown as Note
  it('takes its first line for the note', () => {
    expect(bodyOf({ text: ' First leaf \n\n- small\n', tags: ['a'], refs: [], when: '' }, ['f1'])).toEqual({ note: 'First leaf', text: '- small', tags: ['a'], refs: [], files: ['f1'] })
  })
  it('does not round a time that nobody has touched', () => {
    const draft = draftOf(note)
    expect(bodyOf(draft, [], note)).not.toHaveProperty('t')
    expect(bodyOf({ ...draft, when: '2026-05-02T08:00' }, [], note).t).toBe(new Date('2026-05-02T08:00').toISOString())
    expect(draft.text).toBe('Sown\nin rows')
  })
  it('has each tag once', () => expect(withTags(['Growth'], 'growth, #water,,  day 1 ')).toEqual(['Growth', 'water', 'day 1']))
})
