import { QueryClient, VueQueryPlugin } from '@tanstack/vue-query'
import { flushPromises, mount } from '@vue/test-utils'
import { beforeEach, expect, it, vi } from 'vitest'
import { defineComponent, h } from 'vue'
import { i18n } from './i18n'
import { useUndoDelete } from './undo'

interface Toast {
  title: string
  color?: string
  duration?: number
  actions?: { label: string; onClick: () => void }[]
}
const toasts = vi.hoisted(() => [] as Toast[])
vi.mock('@nuxt/ui/composables', () => ({ useToast: () => ({ add: (toast: Toast) => toasts.push(toast) }) }))

const things = [{ id: 1, name: 'Soil' }, { id: 2, name: 'Wort' }]
let client: QueryClient
const remove = vi.fn<(id: number) => Promise<unknown>>()
const restore = vi.fn<(id: number) => Promise<unknown>>()

function setup() {
  let deeds: ReturnType<typeof useUndoDelete<{ id: number; name: string }>> | undefined
  const Host = defineComponent(() => {
    deeds = useUndoDelete({ key: 'inputs', remove, restore })
    return () => h('div')
  })
  mount(Host, { global: { plugins: [i18n, [VueQueryPlugin, { queryClient: client }]] } })
  if (!deeds) throw new Error('not set up')
  return deeds
}

beforeEach(() => {
  toasts.length = 0
  client = new QueryClient()
  client.setQueryData(['inputs'], things)
  remove.mockReset().mockResolvedValue(undefined)
  restore.mockReset().mockResolvedValue(undefined)
})

it('takes the thing from the list before the server has answered', async () => {
  let answer: () => void = () => undefined
  remove.mockReturnValue(new Promise<void>((resolve) => (answer = resolve)))
  const done = setup().remove({ id: 1, name: 'Soil' })
  expect(client.getQueryData(['inputs'])).toEqual([{ id: 2, name: 'Wort' }])
  answer()
  expect(await done).toBe(true)
})

it('offers for ten seconds to bring it back, and does', async () => {
  await setup().remove({ id: 1, name: 'Soil' })
  expect(toasts[0]).toMatchObject({ title: 'Soil deleted', duration: 10_000 })
  toasts[0]?.actions?.[0]?.onClick()
  await flushPromises()
  expect(restore).toHaveBeenCalledWith(1)
  expect(toasts[1]?.title).toBe('Soil is back')
})

it('puts the thing back when the server refuses, and says why', async () => {
  remove.mockRejectedValue(new Error('it is used by Heater'))
  expect(await setup().remove({ id: 1, name: 'Soil' })).toBe(false)
  expect(client.getQueryData(['inputs'])).toEqual(things)
  expect(toasts[0]).toMatchObject({ title: 'Soil could not be deleted', color: 'error', description: 'It is used by Heater.' })
})
