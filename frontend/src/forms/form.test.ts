import { describe, expect, it } from 'vitest'
import { createForm } from './form'

describe('what is wrong with a form', () => {
  it('stands on its fields, in the place of what stood there', () => {
    const form = createForm({ values: { name: '', period: 1 } })
    expect(form.accept(new Map([['name', 'is required']]))).toBe(false)
    expect(form.error('name')).toBe('is required')
    expect(form.accept(new Map([['period', 'is too short']]))).toBe(false)
    expect(form.error('name')).toBeUndefined()
    expect(form.error('period')).toBe('is too short')
    expect(form.accept(new Map())).toBe(true)
    expect(form.error('period')).toBeUndefined()
  })
})
