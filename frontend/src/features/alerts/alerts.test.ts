import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import { reactive } from 'vue'
import type { Alert, Kind, NotificationRoute, NotificationSettingsView } from '@/api/types'
import { addIcon } from '@/app/iconify-offline'
import { i18n } from '@/app/i18n'
import words from '@/locales/en/alerts.json'
import AlertBadge from './AlertBadge.vue'
import { actionBody, actionValues, alertFields, alertValues, changeBody, createBody } from './alertFields'
import { calls, complains, lookOf, ordered } from './looks'
import { browserName, bytesOf } from './push'
import { routeBody, routeFields, routeValues } from './routeFields'
import { settingsBody, settingsFields, settingsValues } from './settingsFields'

i18n.global.mergeLocaleMessage('en', words)
for (const icon of ['lucide:siren', 'lucide:bell-ring']) addIcon(icon, { body: '<circle r="9" />' })

const alert = (part: Partial<Alert> = {}, status: Partial<Alert['status']> = {}): Alert => ({
  id: 3, name: 'Too warm', kind: 'threshold', options: { channel: 1, above: 30 }, severity: 'warning', enabled: true, zone: null,
  for_s: 60, recover_s: 0, nodata_s: 900, repeat_s: 0, escalate_after_s: 0, routes: [], escalate_routes: [], actions: [], cause: '',
  created_at: '2026-05-01T06:00:00Z', updated_at: '2026-05-01T06:00:00Z',
  ...part,
  status: { state: 'ok', since: '2026-05-01T06:00:00Z', acknowledged: false, text: '', value: 0, ...status },
})

const kind = (part: Partial<Kind> = {}): Kind =>
  ({
    id: 'threshold', type: 'alert', name: 'Limit', description: '', icon: '', tags: [], channels: [], period_s: 0, min_period_s: 0, timeout_s: 0,
    options_schema: {
      properties: {
        channel: { type: 'integer', format: 'channel', title: 'Channel', 'x-order': 1 },
        above: { type: 'number', title: 'Upper limit', 'x-order': 2 },
        password: { type: 'string', 'x-secret': true, title: 'Password', 'x-order': 3 },
      },
      required: ['channel', 'above'],
    },
    ...part,
  }) as Kind

describe('how alerts look', () => {
  it.each([
    ['firing', 'critical', 'bad'], ['firing', 'warning', 'warn'], ['firing', 'info', 'off'], ['no_data', 'critical', 'bad'], ['error', 'warning', 'warn'],
    ['recovering', 'warning', 'warn'], ['pending', 'critical', 'off'], ['ok', 'critical', 'ok'], ['inactive', 'critical', 'off'],
  ] as const)('%s and %s is %s', (state, severity, tone) => expect(lookOf(alert({ severity }, { state })).tone).toBe(tone))

  it('is always colour and icon and word', () => {
    const badge = mount(AlertBadge, { props: { alert: alert({ severity: 'critical' }, { state: 'firing' }) }, global: { plugins: [i18n] } })
    expect(badge.text()).toBe('Firing')
    expect(badge.classes()).toContain('text-bad')
    expect(badge.find('svg').exists()).toBe(true)
  })

  it('calls until somebody knows or wants silence', () => {
    expect(calls(alert({}, { state: 'firing' }))).toBe(true)
    expect(calls(alert({}, { state: 'firing', acknowledged: true }))).toBe(false)
    expect(calls(alert({}, { state: 'firing', silenced_until: '2026-05-01T08:00:00Z' }))).toBe(false)
    expect(calls(alert({}, { state: 'pending' }))).toBe(false)
    expect(complains(alert({}, { state: 'no_data' }).status)).toBe(true)
  })

  it('puts what calls first, the most severe of it at the top', () => {
    const all = [
      alert({ id: 1, name: 'Off' }, { state: 'inactive' }), alert({ id: 2, name: 'Well' }), alert({ id: 3, name: 'Known', severity: 'critical' }, { state: 'firing', acknowledged: true }),
      alert({ id: 4, name: 'Warns' }, { state: 'firing' }), alert({ id: 5, name: 'Leak', severity: 'critical' }, { state: 'firing' }), alert({ id: 6, name: 'Soon' }, { state: 'pending' }),
    ]
    expect(ordered(all).map((one) => one.name)).toEqual(['Leak', 'Warns', 'Known', 'Soon', 'Well', 'Off'])
  })
})

describe('the form of an alert', () => {
  const routes = [{ id: 1, name: 'Phone' }, { id: 2, name: 'Mail' }] as NotificationRoute[]

  it('sends what a new one needs', () => {
    const fields = alertFields(kind(), [], routes)
    const values = alertValues(fields)
    Object.assign(values, { name: ' Too warm ', severity: 'critical', routes: [2] })
    Object.assign(values.options as object, { channel: 7, above: 30 })
    expect(createBody(kind(), fields, values)).toEqual({
      name: 'Too warm', kind: 'threshold', severity: 'critical', options: { channel: 7, above: 30 }, for_s: 60, recover_s: 60, nodata_s: 900, repeat_s: 14_400,
      escalate_after_s: 0, routes: [2], escalate_routes: [], actions: [], cause: '', zone: undefined,
    })
  })

  it('does not ask for silence where there is no data to miss', () => {
    const fields = alertFields(kind({ id: 'controller' }), [], routes)
    expect(fields.times.map((field) => field.name)).toEqual(['for_s', 'recover_s'])
    expect(createBody(kind({ id: 'controller' }), fields, alertValues(fields))).not.toHaveProperty('nodata_s')
  })

  it('sends of the options only what has changed, and frees from a zone', () => {
    const old = alert({ zone: 4, options: { channel: 1, above: 30, hysteresis: 2 } })
    const fields = alertFields(kind(), [], routes)
    const values = alertValues(fields, old)
    Object.assign(values.options as object, { above: 28 })
    values.zone = 0
    expect(changeBody(old, fields, values)).toMatchObject({ options: { above: 28, hysteresis: null }, zone: null, for_s: 60 })
  })

  it.each([
    [{ output: 1, channel: 0, do: 'stop', level: {} }],
    [{ output: 1, channel: 2, do: 'hold', level: {} }],
    [{ output: 1, channel: 0, do: 'set', level: { on: false } }],
    [{ output: 1, channel: 0, do: 'set', level: { on: true } }],
    [{ output: 1, channel: 0, do: 'set', level: { duty: 0 } }],
    [{ output: 1, channel: 0, do: 'set', level: { value: -1.5 } }],
  ] as const)('keeps the action %o as it is', (action) => {
    const whole = { ...action, until: 'acknowledged' as const, no_data: true }
    expect(actionBody(actionValues(whole))).toEqual(whole)
  })
})

it('takes up an alert that a page shows', () => {
  const fields = alertFields(kind(), [], [])
  expect(alertValues(fields, reactive(alert({ routes: [1] }))).for_s).toBe(60)
})

describe('the form of a route', () => {
  it('keeps a secret that was not touched', () => {
    const route = { id: 1, name: 'Phone', kind: 'threshold', options: { channel: 1, above: 2 }, secrets_set: ['password'], enabled: true, min_severity: 'info', digest: false } as unknown as NotificationRoute
    const fields = routeFields(kind())
    const values = routeValues(fields, route)
    expect(routeBody(kind(), fields, values, route)).toEqual({ name: 'Phone', kind: 'threshold', min_severity: 'info', enabled: true, digest: false, options: {} })
    Object.assign(values.options as object, { password: 'new' })
    expect(routeBody(kind(), fields, values, route).options).toEqual({ password: 'new' })
  })
})

describe('the settings', () => {
  const view: NotificationSettingsView = {
    heartbeat: { enabled: true, every_s: 300, method: 'GET' }, digest: { enabled: false, at: '08:00' }, quiet_hours: { enabled: false, from: '22:00', to: '07:00' },
    maintenance_until: '', secrets_set: ['heartbeat.url'], heartbeat_state: { last_at: '' },
  }
  it('leaves the secret address out, which keeps it, and keeps the times of what is off', () => {
    const fields = settingsFields()
    const body = settingsBody(fields, settingsValues(fields, view), view)
    expect(body).toEqual({ heartbeat: view.heartbeat, digest: view.digest, quiet_hours: view.quiet_hours, maintenance_until: '' })
    expect(body.heartbeat).not.toHaveProperty('url')
  })
  it('sends what was changed', () => {
    const fields = settingsFields()
    const values = settingsValues(fields, view)
    Object.assign(values.quiet_hours as object, { enabled: true, from: '23:00' })
    expect(settingsBody(fields, values, view, '2026-05-01T08:00:00Z')).toMatchObject({ quiet_hours: { enabled: true, from: '23:00', to: '07:00' }, maintenance_until: '2026-05-01T08:00:00Z' })
  })
})

describe('web push', () => {
  it('reads a key', () => expect([...bytesOf('_-8A')]).toEqual([255, 239, 0]))
  it.each([
    ['Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0', 'Firefox · Linux'],
    ['Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36', 'Chrome · Android'],
    ['Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 Version/17.0 Mobile Safari/604.1', 'Safari · iOS'],
    ['something', 'Browser'],
  ])('%s is %s', (agent, name) => expect(browserName(agent)).toBe(name))
})
