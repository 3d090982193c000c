import { expect, picture, test } from './harness/test'

const canopy = { name: 'Canopy', kind: 'simulated_sensor', period_s: 0.5, options: { quantity: 'temperature', unit: 'C', waveform: 'ramp', offset: 20, amplitude: 5, wave_period_s: 30 } }

test('the network goes and comes back: the page says so, dims what is old, and catches up', async ({ signedIn: page, hypha, context }) => {
  await hypha.call('POST', '/inputs', canopy)
  await page.goto(hypha.url)
  const value = page.getByRole('main').locator('.val').first()
  await expect(value).toHaveText(/2\d\.\d/)
  await hypha.end()
  await context.setOffline(true)
  const line = page.getByRole('alert').filter({ hasText: /Connection lost, values from \d\d:\d\d/ })
  await expect(line).toBeVisible()
  const muted = await value.evaluate((element) => getComputedStyle(element).fontWeight)
  expect(muted).toBe('400')
  await picture(page, 'cut')
  await hypha.start()
  // What changed meanwhile is there without a reload.
  await hypha.call('POST', '/inputs', { ...canopy, name: 'Soil' })
  await context.setOffline(false)
  await expect(line).toBeHidden({ timeout: 40_000 })
  await expect(page.getByRole('main')).toContainText('Soil')
  await expect.poll(() => value.evaluate((element) => getComputedStyle(element).fontWeight)).not.toBe('400')
})

test('two browsers are in step, whatever is changed', async ({ signedIn: page, hypha, browser }) => {
  test.setTimeout(120_000)
  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, serviceWorkers: 'block' })
  await context.addCookies([hypha.session()])
  const other = await context.newPage()
  const lists: [path: string, make: () => Promise<unknown>, name: string, gone?: () => Promise<unknown>][] = [
    ['/inputs', () => hypha.call('POST', '/inputs', canopy), 'Canopy'],
    ['/outputs', () => hypha.call('POST', '/outputs', { name: 'Heater', kind: 'virtual_on_off', options: {} }), 'Heater'],
    ['/zones', () => hypha.call('POST', '/zones', { name: 'Tent' }), 'Tent', () => hypha.call('DELETE', '/zones/1')],
    ['/alerts/rules', () => hypha.call('POST', '/alerts', { name: 'Hot', kind: 'threshold', options: { channel: 1, when: 'above', above: 90 } }), 'Hot', () => hypha.call('DELETE', '/alerts/1')],
    ['/notes', () => hypha.call('POST', '/notes', { note: 'Leaves look pale' }), 'Leaves look pale'],
    ['/system/users', () => hypha.call('POST', '/users', { username: 'noor', password: 'correct horse', role: 'viewer' }), 'noor'],
  ]
  for (const [path, make, name, gone] of lists) {
    await Promise.all([page.goto(hypha.url + path), other.goto(hypha.url + path)])
    for (const one of [page, other]) await expect(one.getByRole('heading', { level: 1 })).toBeVisible()
    await expect(page.getByText('Live', { exact: true }).first()).toBeVisible()
    await make()
    for (const one of [page, other]) await expect(one.getByRole('main'), `${path} in ${one === page ? 'one' : 'the other'}`).toContainText(name)
    if (!gone) continue
    await gone()
    for (const one of [page, other]) await expect(one.getByRole('main').getByText(name, { exact: true })).toHaveCount(0)
  }
  await Promise.all([page.goto(`${hypha.url}/outputs`), other.goto(`${hypha.url}/outputs`)])
  await expect(other.getByRole('main')).toContainText('Heater')
  await hypha.call('PUT', '/outputs/1/channels/0', { on: true })
  for (const one of [page, other]) await expect(one.getByRole('main')).toContainText('On')
  await context.close()
})
