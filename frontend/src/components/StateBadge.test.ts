import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { addIcon } from '@/app/iconify-offline'
import { i18n } from '@/app/i18n'
import StateBadge from './StateBadge.vue'

addIcon('lucide:circle-x', { body: '<circle r="9" />' })

const base = { since: new Date(Date.now() - 10_000).toISOString(), abandoned_calls: 0, failures: 0, reads: 0, rejected: 0, restarts: 0, skipped: 0, lateness_ms: 0, late_max_ms: 0 }
const badge = (status: object, face: 'backing_off' | 'failed' | 'running') =>
  mount(StateBadge, { props: { face, status: { ...base, attempt: 3, state: face, ...status } }, global: { plugins: [i18n] } })

it('tells why an input is backing off and draws how long it waits', () => {
  const next = new Date(Date.now() + 10_000).toISOString()
  const it = badge({ error: 'no answer at 0x48', next_try_at: next }, 'backing_off')
  expect(it.text()).toMatch(/^Next try in 1[01] s$/)
  expect(it.attributes('title')).toBe('no answer at 0x48')
  expect(it.find('svg circle[stroke-dasharray]').exists()).toBe(true)
})

it('is always colour and icon and word', () => {
  const it = badge({}, 'failed')
  expect(it.classes()).toContain('text-bad')
  expect(it.find('svg').exists()).toBe(true)
  expect(it.text()).toBe('Failed')
})
