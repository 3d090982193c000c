import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { flushPromises, mount } from '@vue/test-utils'
import { beforeAll, beforeEach, expect, it, vi } from 'vitest'
import { defineComponent, h } from 'vue'
import { i18n, loadWords } from '@/app/i18n'
import { forEach, useBulk, type BulkDeeds, type Thing } from './bulk'

interface Toast {
  title: string
  color?: string
  description?: string
  actions?: { onClick: () => void }[]
}
const toasts = vi.hoisted(() => [] as Toast[])
// Nothing depends on the things of these tests.
vi.hoisted(() => vi.stubGlobal('fetch', () => Promise.resolve(Response.json({ items: [], total: 0 }))))
vi.mock('@nuxt/ui/composables', () => ({ useToast: () => ({ add: (toast: Toast) => toasts.push(toast) }) }))
beforeAll(() => loadWords(['lists']))

const things: Thing[] = [{ id: 1, name: 'Soil', enabled: true, zone: 7 }, { id: 2, name: 'Wort', enabled: false, zone: null }, { id: 3, name: 'Canopy', enabled: true, zone: 8 }]
let client: QueryClient
const calls = { enable: vi.fn(), move: vi.fn(), remove: vi.fn(), restore: vi.fn() }

function setup(): BulkDeeds {
  let deeds: BulkDeeds | undefined
  const Host = defineComponent(() => {
    deeds = useBulk<Thing>({ key: 'inputs', ...calls }, 'input')
    return () => h('div')
  })
  mount(Host, { global: { plugins: [i18n, [VueQueryPlugin, { queryClient: client }]] } })
  if (!deeds) throw new Error('not set up')
  return deeds
}
const cached = () => client.getQueryData<Thing[]>(['inputs'])

beforeEach(() => {
  toasts.length = 0
  client = new QueryClient()
  client.setQueryData(['inputs'], things)
  for (const call of Object.values(calls)) call.mockReset().mockResolvedValue(undefined)
})

it('changes only what is not so already, and one undo puts back exactly that', async () => {
  await setup().enable([1, 2, 3], false)
  expect(calls.enable.mock.calls).toEqual([[1, false], [3, false]])
  expect(toasts.map((toast) => toast.title)).toEqual(['2 disabled'])
  calls.enable.mockClear()
  toasts[0]?.actions?.[0]?.onClick()
  await flushPromises()
  expect(calls.enable.mock.calls).toEqual([[1, true], [3, true]])
})

it('brings moved things back to where each was', async () => {
  await setup().move?.([1, 2], 9, 'Tent')
  expect(cached()?.map((thing) => thing.zone)).toEqual([9, 9, 8])
  expect(toasts[0]?.title).toBe('2 moved to Tent')
  calls.move.mockClear()
  toasts[0]?.actions?.[0]?.onClick()
  await flushPromises()
  expect(calls.move.mock.calls).toEqual([[1, 7], [2, null]])
})

it('deletes at once, names what stays, and offers to undo only what went', async () => {
  calls.remove.mockImplementation((id: number) => (id === 3 ? Promise.reject(new Error('busy')) : Promise.resolve()))
  await setup().remove([1, 3])
  expect(toasts.map((toast) => [toast.title, toast.color])).toEqual([['One deleted', 'neutral'], ['Canopy could not be changed', 'error']])
  toasts[0]?.actions?.[0]?.onClick()
  await flushPromises()
  expect(calls.restore.mock.calls).toEqual([[1]])
})

it('asks the server a few at a time', async () => {
  let running = 0
  let most = 0
  const failed = await forEach([1, 2, 3, 4, 5, 6, 7, 8, 9], async () => {
    most = Math.max(most, ++running)
    await Promise.resolve()
    running--
  })
  expect(most).toBe(4)
  expect(failed.size).toBe(0)
})
