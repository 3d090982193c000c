import ui from '@nuxt/ui/vue-plugin'
import { VueQueryPlugin } from '@tanstack/vue-query'
import { enableAutoUnmount, flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeAll, expect, it, vi } from 'vitest'
import { defineComponent, h } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import { i18n, loadWords } from '@/app/i18n'
import { createForm, provideForm, type Form } from '@/forms/form'
import TargetRows from './TargetRows.vue'
import { checkTargets, zoneBody, zoneFields, zoneValues } from './zoneFields'

enableAutoUnmount(afterEach)
beforeAll(() => loadWords(['forms', 'zones']))
// Hoisted above the imports: the client keeps the fetch it finds when it is made.
vi.hoisted(() => vi.stubGlobal('fetch', () => Promise.resolve(Response.json({ items: [], total: 0 }))))

function show() {
  let form: Form | undefined
  const Host = defineComponent(() => {
    form = createForm({ values: zoneValues(zoneFields()) })
    provideForm(form)
    return () => h(TargetRows)
  })
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/', component: { render: () => null } }] })
  const page = mount(Host, { attachTo: document.body, global: { plugins: [i18n, VueQueryPlugin, router, ui] } })
  if (!form) throw new Error('no form')
  return { page, form }
}

it('takes limits as they are typed', async () => {
  const { page, form } = show()
  await page.find('button').trigger('click')
  await flushPromises()
  form.set('targets[0].channel', 7)
  await flushPromises()
  const low = page.find<HTMLInputElement>('[aria-label="At least"]')
  await low.setValue('3')
  expect(form.get('targets[0].min')).toBe(3)
  expect(low.element.value).toBe('3')
  expect(zoneBody(form.values).targets).toEqual([{ channel: 7, min: 3, max: undefined }])
})

it('refuses a target without limits, or upside down', () => {
  const wrong = checkTargets({ targets: [{ channel: 1 }, { channel: 2, min: 5, max: 4 }, { channel: 3, max: 4 }] })
  expect([...wrong.keys()]).toEqual(['targets[0].min', 'targets[1].max'])
})
