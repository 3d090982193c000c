import { beforeEach, expect, it, vi } from 'vitest'
import { mayDelete, question } from './dependants'

let items: { ref: string; name: string; needs: string }[] = []
let asked: string[] = []
let broken = false
vi.hoisted(() => vi.stubGlobal('fetch', (request: Request) => answer(request)))
function answer(request: Request): Promise<Response> {
  asked.push(new URL(request.url).searchParams.get('of') ?? '')
  return broken ? Promise.reject(new Error('down')) : Promise.resolve(Response.json({ items, total: items.length }))
}
beforeEach(() => {
  items = []
  asked = []
  broken = false
})
const soil = [{ id: 3, name: 'Soil' }, { id: 4, name: 'Wort' }]

it('asks nobody when nothing needs them', async () => {
  expect(await mayDelete('input', soil)).toBe(true)
  expect(asked).toEqual(['input/3,input/4'])
  expect(question.value).toBeNull()
})

it.each([true, false])('does what a person answers: %s', async (go) => {
  items = [{ ref: 'function/1', name: 'Watering', needs: 'input/3' }]
  const may = mayDelete('input', soil)
  await vi.waitFor(() => expect(question.value).toMatchObject({ name: 'Soil', count: 2, dependants: items }))
  question.value?.answer(go)
  expect(await may).toBe(go)
  expect(question.value).toBeNull()
})

it('stands in nobody\'s way: not of what is never needed, not when it cannot be known', async () => {
  expect(await mayDelete('alert', soil)).toBe(true)
  expect(asked).toEqual([])
  broken = true
  expect(await mayDelete('input', soil)).toBe(true)
})
