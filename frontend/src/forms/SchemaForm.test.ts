import ui from '@nuxt/ui/vue-plugin'
import { VueQueryPlugin } from '@tanstack/vue-query'
import { enableAutoUnmount, flushPromises, mount } from '@vue/test-utils'
import { afterEach, beforeAll, expect, it } from 'vitest'
import { defineComponent, h } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'
import { ApiError } from '@/api/problem'
import { i18n, loadWords } from '@/app/i18n'
import { createForm, provideForm, type Form } from './form'
import SchemaForm from './SchemaForm.vue'
import { parseSchema } from './schema'
import { startValues } from './values'

const fields = parseSchema({
  type: 'object',
  required: ['topic'],
  properties: {
    topic: { type: 'string', title: 'Topic', description: 'What to listen to.', 'x-order': 1 },
    tls: { type: 'boolean', title: 'Encrypted', 'x-order': 2 },
    fingerprint: { type: 'string', title: 'Fingerprint', 'x-when': { field: 'tls', in: [true] }, 'x-order': 3 },
    password: { type: 'string', title: 'Password', 'x-secret': true, 'x-order': 4 },
    retries: { type: 'integer', title: 'Retries', default: 3, 'x-unit': 'times', 'x-advanced': true, 'x-order': 5 },
    headers: { type: 'object', title: 'Headers', additionalProperties: { type: 'string' }, 'x-order': 6 },
    channels: { type: 'array', title: 'Channels', 'x-order': 7, items: { type: 'object', properties: { name: { type: 'string', title: 'Channel name' } } } },
  },
})

enableAutoUnmount(afterEach)
beforeAll(() => loadWords(['forms']))

function show(secretsSet: string[] = []) {
  let form: Form | undefined
  const Host = defineComponent(() => {
    form = createForm({ values: { options: startValues(fields) }, secretsSet })
    provideForm(form)
    return () => h('div', [h(SchemaForm, { fields, path: 'options' })])
  })
  const router = createRouter({ history: createMemoryHistory(), routes: [{ path: '/', component: { render: () => null } }] })
  const page = mount(Host, { attachTo: document.body, global: { plugins: [i18n, VueQueryPlugin, router, ui] } })
  if (!form) throw new Error('no form')
  return { page, form, at: (path: string) => page.find(`[data-path="options.${path}"]`) }
}

it('draws label, help and unit, and folds what is advanced', () => {
  const { at, page } = show()
  expect(at('topic').text()).toContain('Topic')
  expect(at('topic').text()).toContain('What to listen to.')
  expect(page.find('details').attributes('open')).toBeUndefined()
  expect(page.find('details').text()).toContain('retries')
  expect(at('retries').text()).toContain('times')
  expect(at('retries').find('input').element.value).toBe('3')
})

it('shows a conditional field in place when its condition holds', async () => {
  const { at, form } = show()
  expect(at('fingerprint').exists()).toBe(false)
  form.set('options.tls', true)
  await flushPromises()
  expect(at('fingerprint').exists()).toBe(true)
})

it('checks a field when it is left, and forgives while it is mended', async () => {
  const { at } = show()
  await at('topic').trigger('focusout')
  expect(at('topic').text()).toContain('This is needed.')
  await at('topic').find('input').setValue('garden')
  expect(at('topic').text()).not.toContain('This is needed.')
})

it("puts the server's errors on their fields and the cursor into the first", async () => {
  const { at, form } = show()
  const error = new ApiError({ status: 422, title: 'Some fields are wrong', errors: [{ field: 'options.retries', message: 'at most 10' }, { field: 'options.topic', message: 'has a #' }] })
  expect(form.refuse(error)).toBe(true)
  await flushPromises()
  expect(at('retries').text()).toContain('at most 10')
  expect(at('topic').text()).toContain('has a #')
  expect(document.activeElement).toBe(at('retries').find('input').element)
  expect(form.refuse(new Error('else'))).toBe(false)
})

it('shows an error of an unknown path at the nearest field above', async () => {
  const { at, form } = show()
  form.refuse(new ApiError({ status: 422, title: 'x', errors: [{ field: 'options.channels[4].weird', message: 'no such thing' }] }))
  await flushPromises()
  expect(at('channels').text()).toContain('no such thing')
})

it('never shows a stored secret, and sends one only when it is replaced', async () => {
  const { at, form } = show(['options.password'])
  expect(at('password').find('input').exists()).toBe(false)
  expect(at('password').text()).toContain('never shown')
  await at('password').find('button').trigger('click')
  await at('password').find('input').setValue('new one')
  expect(form.get('options.password')).toBe('new one')
})

it('adds and removes things in a list', async () => {
  const { at, form, page } = show()
  await at('channels').find('button').trigger('click')
  await at('channels[0].name').find('input').setValue('Canopy')
  expect(form.get('options.channels')).toEqual([{ name: 'Canopy' }])
  await page.find('[aria-label="Remove Canopy"]').trigger('click')
  expect(form.get('options.channels')).toEqual([])
})

it('keeps the rows of a map while names are typed', async () => {
  const { at, form } = show()
  await at('headers').find('button').trigger('click')
  const [key, value] = at('headers').findAll('input')
  await value?.setValue('Bearer x')
  await key?.setValue('Authorization')
  expect(form.get('options.headers')).toEqual({ Authorization: 'Bearer x' })
})

it('keeps what is no number, so that it can be mended', async () => {
  const { at, form } = show()
  await at('retries').find('input').setValue('3x')
  expect(form.get('options.retries')).toBe('3x')
  await at('retries').find('input').setValue('4')
  expect(form.get('options.retries')).toBe(4)
})

it('knows whether there is something to lose', async () => {
  const { at, form } = show()
  expect(form.dirty.value).toBe(false)
  await at('topic').find('input').setValue('x')
  expect(form.dirty.value).toBe(true)
  form.settle()
  expect(form.dirty.value).toBe(false)
})
