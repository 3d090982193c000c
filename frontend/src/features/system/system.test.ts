import { beforeAll, describe, expect, it } from 'vitest'
import { loadWords } from '@/app/i18n'
import type { Input, Output, System, Zone } from '@/api/types'
import { findings, healthSentence } from './health'
import { redact, supportReport } from './report'
import { pathOf, rolesUpTo, tabOf, tabsFor } from './roles'

beforeAll(() => loadWords(['system']))

const system: System = {
  version: '1.2.0', commit: 'abc1234', go: 'go1.26', started_at: '2026-03-12T10:00:00.000Z', uptime_s: 4800, memory_bytes: 5e7, cpu_seconds: 12.4, goroutines: 30, os: 'linux', arch: 'arm64',
  hostname: 'mayas-pi', data_dir: '/home/maya/hypha', data_free_bytes: 2e10, data_total_bytes: 6e10, controllers: { running: 4 }, history: { engine: 'embedded', points: 10, bytes: 100, queue: 0, lost: 0 },
  settings: { bytes: 1000 }, live: { clients: 1 }, lateness_ms: { p50: 1, p99: 5, max: 9 }, abandoned_calls: 0, mqtt: [], stop: { stopped: false }, last_backup: null, safe_mode: null,
}

describe('what a role sees', () => {
  it.each(['viewer', 'operator', undefined] as const)('%s: no accounts', (role) => expect(tabsFor(role)).toEqual(['status', 'units', 'tokens', 'account', 'about']))
  it('an administrator sees all', () => expect(tabsFor('admin')).toEqual(['status', 'units', 'tokens', 'users', 'account', 'about']))
  it.each([
    ['users', 'operator', 'status'],
    ['users', 'admin', 'users'],
    ['about', 'viewer', 'about'],
    ['', 'admin', 'status'],
    [undefined, 'viewer', 'status'],
    ['nonsense', 'admin', 'status'],
  ] as const)('asked for %s, %s gets %s', (asked, role, tab) => expect(tabOf(asked, role)).toBe(tab))
  it('hands on no more than it has', () => {
    expect(rolesUpTo('viewer')).toEqual(['viewer'])
    expect(rolesUpTo('operator')).toEqual(['viewer', 'operator'])
    expect(rolesUpTo('admin')).toEqual(['viewer', 'operator', 'admin'])
    expect(rolesUpTo(undefined)).toEqual(['viewer'])
  })
  it('has an address for each', () => expect([pathOf('status'), pathOf('units')]).toEqual(['/system', '/system/units']))
})

describe('health in words', () => {
  const said = (change: Partial<System>) => findings({ ...system, ...change }).map((one) => `${one.tone}: ${one.words}`)
  it('is well', () => {
    expect(said({})).toEqual([])
    expect(healthSentence(system, [])).toEqual({ tone: 'ok', title: 'Hypha is well.', text: 'Version 1.2.0, running for 1 h 20 min.' })
  })
  it.each([
    [{ data_free_bytes: 5e8 }, 'warn: Only 500 MB are free where the data lies.'],
    [{ data_free_bytes: 1e8 }, 'bad: Only 100 MB are free where the data lies.'],
    [{ controllers: { running: 2, failed: 1 } }, 'bad: One device is in trouble: failed.'],
    [{ controllers: { backing_off: 3 } }, 'warn: 3 devices are in trouble: retrying.'],
    [{ abandoned_calls: 2 }, 'warn: 2 calls to devices never came back.'],
    [{ history: { ...system.history, lost: 1 } }, 'warn: One reading could not be stored.'],
    [{ history: { ...system.history, queue: 50_000 } }, 'warn: 50\u202f000 readings wait to be written: the disk does not keep up.'],
    [{ history: { ...system.history, error: 'disk full' } }, 'bad: The history cannot be written: disk full'],
    [{ mqtt: [{ broker: 'mqtt://hub', connected: false }, { broker: 'mqtt://other', connected: true }] }, 'warn: No connection to mqtt://hub.'],
    [{ lateness_ms: { p50: 1, p99: 2500, max: 9000 } }, 'warn: Reads begin late, by 3 s and more: the machine is busy.'],
    [{ stop: { stopped: true } }, 'safe: Everything is stopped: all outputs are held in their safe state.'],
  ] as [Partial<System>, string][])('%j', (change, words) => expect(said(change)).toEqual([words]))
  it('says the gravest first, and how many there are', () => {
    const found = findings({ ...system, abandoned_calls: 1, controllers: { failed: 1 }, stop: { stopped: true } })
    expect(found.map((one) => one.tone)).toEqual(['bad', 'safe', 'warn'])
    expect(healthSentence(system, found)).toMatchObject({ tone: 'bad', title: '3 things need a look.' })
  })
})

describe('a text made fit for strangers', () => {
  it.each([
    ['dial tcp 192.168.1.7:1883: i/o timeout', 'dial tcp <address>: i/o timeout'],
    ['dial tcp [fe80::1ff:fe23:4567:890a%eth0]:1883: refused', 'dial tcp <address>: refused'],
    ['mqtt://maya:hunter2@hub.lan:1883 refused', '<url> refused'],
    ['Get "https://example.org/a?key=1": EOF', 'Get "<url>": EOF'],
    ['lookup hub.local: no such host', 'lookup <host>: no such host'],
    ['password=hunter2 is wrong', 'password=<secret> is wrong'],
    ['{"token": "abc def"}', '{"token": <secret>}'],
    ['Authorization: Bearer abc.def-123', 'Authorization: <secret> <secret>'],
    ['hypha_0123456789abcdef0123456789abcdef', '<secret>'],
    ['from maya@example.org', 'from <address>'],
    ['device aa:bb:cc:dd:ee:ff is gone', 'device <address> is gone'],
    ['open /home/maya/data: denied', 'open /home/<user>/data: denied'],
  ])('%s', (text, clean) => {
    const made = redact(text)
    expect(made).not.toMatch(/hunter2|maya|abc\.def|0123456789abcdef/)
    if (!text.startsWith('Authorization')) expect(made).toBe(clean)
  })
  it.each(['i2c read of 0x44 failed after 3 tries', 'no answer within 2.5 s', 'at 14:06:31 the checksum was wrong', 'state: backing_off'])('keeps %s', (text) => expect(redact(text)).toBe(text))
  it('takes out the names of this installation, the longest first', () => expect(redact('Tent heater of Tent is off', ['Tent', 'Tent heater'])).toBe('<name> of <name> is off'))
  it('is not upset by signs in names', () => expect(redact('A+B (1) fails', ['A+B (1)'])).toBe('<name> fails'))
})

describe('the report', () => {
  const status = (error?: string) => ({ state: 'failed', since: '', attempt: 1, skipped: 0, reads: 5, failures: 2, rejected: 0, abandoned_calls: 0, late_max_ms: 0, lateness_ms: 0, error }) as unknown as Input['status']
  const input = { id: 3, name: 'Baby room', kind: 'mqtt_subscribe', options: { broker: 'mqtt://hub.lan', username: 'maya' }, secrets_set: ['password'], enabled: true, period_s: 0, status: status('Baby room: dial tcp 10.0.0.4:1883: refused'), channels: [{ id: 9, index: 0, name: 'Cradle', quantity: 'temperature', unit: 'C' }] } as unknown as Input
  const output = { id: 2, name: 'Night lamp', kind: 'http_request', options: { url: 'http://10.0.0.9/' }, enabled: true, status: status(), channels: [{ index: 0, name: 'Glow', type: 'on_off' }] } as unknown as Output
  const zone = { id: 1, name: 'Attic', description: 'under the roof', targets: [], inputs: [3], outputs: [2] } as unknown as Zone
  const text = () =>
    supportReport({
      system: { ...system, mqtt: [{ broker: 'mqtt://maya:hunter2@hub.lan', connected: false, error: 'not authorised for maya at mayas-pi' }], history: { ...system.history, error: 'open /home/maya/hypha/x: denied' } },
      inputs: [input],
      outputs: [output],
      zones: [zone],
      user: 'maya',
      browser: 'Mozilla/5.0 (X11; Linux x86_64) Chrome/140.0.0.0',
      now: Date.parse('2026-03-12T11:20:00Z'),
    })
  it('names nobody and no place', () => expect(text()).not.toMatch(/maya|hub|hunter2|10\.0\.0|baby|cradle|night lamp|glow|attic|roof|\/home\/m/i))
  it('says what helps', () => {
    const report = JSON.parse(text()) as Record<string, unknown>
    expect(report.program).toMatchObject({ version: '1.2.0', platform: 'linux/arm64', uptime_s: 4800 })
    expect(report.inputs).toEqual([{ ref: 'input/3', kind: 'mqtt_subscribe', enabled: true, period_s: 0, channels: 1, state: 'failed', reads: 5, failures: 2, error: '<name>: dial tcp <address>: refused' }])
    expect(report.zones).toEqual([{ ref: 'zone/1', targets: 0, inputs: 1, outputs: 1 }])
  })
})
