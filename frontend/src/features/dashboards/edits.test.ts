import { describe, expect, it } from 'vitest'
import { createEdits } from './edits'

describe('edits', () => {
  it('go back and forth', () => {
    const edits = createEdits('a')
    edits.commit('b')
    edits.commit('c')
    edits.undo()
    expect(edits.state.value).toBe('b')
    edits.undo()
    edits.undo()
    expect([edits.state.value, edits.canUndo.value, edits.changed.value]).toEqual(['a', false, false])
    edits.redo()
    edits.redo()
    edits.redo()
    expect([edits.state.value, edits.canRedo.value, edits.changed.value]).toEqual(['c', false, true])
  })
  it('forget what was undone when something else is done', () => {
    const edits = createEdits('a')
    edits.commit('b')
    edits.undo()
    edits.commit('c')
    edits.redo()
    expect(edits.state.value).toBe('c')
  })
  it('take what belongs together as one, but not the first', () => {
    const edits = createEdits('')
    edits.commit('h', 'title')
    edits.commit('hi', 'title')
    edits.commit('hi!', 'other')
    edits.undo()
    expect(edits.state.value).toBe('hi')
    edits.undo()
    expect(edits.state.value).toBe('')
  })
  it('are bounded, and the first stays', () => {
    const edits = createEdits(0)
    for (let i = 1; i <= 300; i++) edits.commit(i)
    for (let i = 0; i < 300; i++) edits.undo()
    expect(edits.state.value).toBe(0)
  })
})
