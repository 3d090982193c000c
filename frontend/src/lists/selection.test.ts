import { expect, it } from 'vitest'
import { shallowRef } from 'vue'
import type { ListRow } from './list'
import { createSelection } from './selection'

const row = (id: number): ListRow<unknown> => ({ key: `${id}`, id, of: null, name: '', text: '', standing: '', urgency: 0, facets: {} })

it('picks one by one and through', () => {
  const selection = createSelection(() => [1, 2, 3, 4, 5].map(row))
  selection.toggle(2)
  selection.toggle(4, true)
  expect(selection.ids.value).toEqual([2, 3, 4])
  selection.toggle(3)
  expect(selection.ids.value).toEqual([2, 4])
})

it('leaves alone what a filter hides', () => {
  const shown = shallowRef([1, 2, 3].map(row))
  const selection = createSelection(() => shown.value)
  selection.all()
  shown.value = [row(2)]
  expect(selection.ids.value).toEqual([2])
})

it('counts a thing of several rows once', () => {
  const selection = createSelection(() => [row(1), row(1), row(2)])
  selection.all()
  expect(selection.ids.value).toEqual([1, 2])
})
