import type { Page } from '@playwright/test'
import { expect, picture, test } from './harness/test'

/** Picks from a select: a button that opens a list, with a search field where the list is long. */
async function choose(page: Page, label: string, option: string | RegExp, search?: string) {
  await page.getByRole('button', { name: label, exact: true }).click()
  if (search) await page.getByPlaceholder('Search').last().fill(search)
  await page.getByRole('option', { name: option }).first().click()
}

const field = (page: Page, name: string) => page.getByRole('textbox', { name, exact: true })

const row = (page: Page, name: string) => page.getByRole('listitem').filter({ hasText: name })

test('an MQTT sensor is added, shows what is published, and survives its broker', async ({ signedIn: page, hypha, broker }) => {
  await broker.publish('tent/air', '{"temperature": 23.2}')
  await page.goto(`${hypha.url}/inputs`)
  await page.getByRole('link', { name: 'Add the first input' }).click()
  await page.getByRole('searchbox').fill('mqtt')
  await page.getByRole('link', { name: /^MQTT/ }).click()

  await field(page, 'Name*').first().fill('Tent air')
  await field(page, 'Broker*').fill(broker.url)
  await field(page, 'Name*').nth(1).fill('temperature')
  await choose(page, 'Quantity*', /^Temperature/, 'temperature')
  await choose(page, 'Unit*', /°C/)
  await field(page, 'Topic*').fill('tent/air')
  await field(page, 'Place in the JSON').fill('temperature')
  await page.getByRole('button', { name: 'Test now' }).click()
  await expect(page.getByText('It answers')).toBeVisible()
  await picture(page, 'tested')
  await page.getByRole('button', { name: 'Save and start' }).click()

  await expect(page).toHaveURL(/\/inputs\/\d+/)
  await expect(page.getByRole('heading', { level: 1, name: 'Tent air' })).toBeVisible()
  await expect(page.getByRole('main')).toContainText('23.2')
  await broker.publish('tent/air', '{"temperature": 23.7}')
  await expect(page.getByRole('main')).toContainText('23.7', { timeout: 2000 })
  await picture(page, 'live')

  await page.goto(`${hypha.url}/inputs`)
  await expect(row(page, 'Tent air')).toContainText('Running')
  await broker.kill()
  await expect(row(page, 'Tent air')).toContainText(/Retrying|Degraded/, { timeout: 20_000 })
  await picture(page, 'broker gone')
  await broker.start()
  await broker.publish('tent/air', '{"temperature": 24.5}')
  await expect(row(page, 'Tent air')).toContainText('24.5', { timeout: 40_000 })
  await expect(row(page, 'Tent air')).toContainText('Running')
})

test('a device with JSON over HTTP is read at once, and again when asked for', async ({ signedIn: page, hypha, source }) => {
  await page.goto(`${hypha.url}/inputs/new/http_json`)
  await field(page, 'Name*').first().fill('Weather station')
  await field(page, 'Address*').fill(source.url)
  await field(page, 'Name*').nth(1).fill('outside')
  await choose(page, 'Quantity*', /^Temperature/, 'temperature')
  await choose(page, 'Unit*', /°C/)
  await field(page, 'Place in the JSON*').fill('temperature')
  await field(page, 'Read every*').fill('1')
  await page.getByRole('button', { name: 'Save and start' }).click()
  await expect(page.getByRole('main')).toContainText('21.5')
  source.answer = { temperature: 19.2 }
  await expect(page.getByRole('main')).toContainText('19.2')

  source.answer = undefined // it answers 503
  await page.goto(`${hypha.url}/inputs`)
  await expect(row(page, 'Weather station')).toContainText(/Degraded|Retrying/, { timeout: 20_000 })
  source.answer = { temperature: 18.5 }
  await expect(row(page, 'Weather station')).toContainText('Running', { timeout: 40_000 })
  await expect(row(page, 'Weather station')).toContainText('18.5')
})

test('a wrong form says what is wrong at the fields at fault', async ({ signedIn: page, hypha }) => {
  await page.goto(`${hypha.url}/inputs/new/http_json`)
  await page.getByRole('button', { name: 'Save and start' }).click()
  await expect(field(page, 'Name*').first()).toBeFocused()
  await expect(field(page, 'Name*').first()).toHaveAttribute('aria-invalid', 'true')
  await expect(field(page, 'Address*')).toHaveAttribute('aria-invalid', 'true')

  // What only the server can know lands on its field too.
  await field(page, 'Name*').first().fill('Station')
  await field(page, 'Address*').fill('ftp://192.168.1.20/state')
  await field(page, 'Name*').nth(1).fill('outside')
  await choose(page, 'Quantity*', /^Temperature/, 'temperature')
  await choose(page, 'Unit*', /°C/)
  await field(page, 'Place in the JSON*').fill('temperature')
  await page.getByRole('button', { name: 'Save and start' }).click()
  await expect(field(page, 'Address*')).toHaveAttribute('aria-invalid', 'true')
  await expect(field(page, 'Address*')).toBeFocused()
  await picture(page, 'errors')
  expect(await hypha.call<{ total: number }>('GET', '/inputs')).toMatchObject({ total: 0 })
})

test('a deleted input comes back with undo', async ({ signedIn: page, hypha }) => {
  await hypha.call('POST', '/inputs', {
    name: 'Canopy',
    kind: 'simulated_sensor',
    period_s: 1,
    options: { quantity: 'temperature', unit: 'C', waveform: 'constant', offset: 22.5 },
  })
  await page.goto(`${hypha.url}/inputs`)
  await expect(row(page, 'Canopy')).toContainText('22.5')
  await page.getByRole('button', { name: 'More for Canopy' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await expect(page.getByText('Canopy deleted', { exact: true })).toBeVisible()
  await expect(row(page, 'Canopy').filter({ hasText: 'Simulated' })).toHaveCount(0)
  expect(await hypha.call<{ total: number }>('GET', '/inputs')).toMatchObject({ total: 0 })
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(row(page, 'Canopy').filter({ hasText: 'Simulated' })).toContainText('Running')
  await picture(page, 'undone')
})

test('an input is switched off, on, and renamed', async ({ signedIn: page, hypha }) => {
  const { id } = await hypha.call<{ id: number }>('POST', '/inputs', {
    name: 'Canopy',
    kind: 'simulated_sensor',
    period_s: 1,
    options: { quantity: 'temperature', unit: 'C', waveform: 'constant', offset: 22.5 },
  })
  await page.goto(`${hypha.url}/inputs/${id}`)
  const power = page.getByRole('switch', { name: 'Switched on' })
  await power.click()
  await expect.poll(async () => (await hypha.call<{ enabled: boolean }>('GET', `/inputs/${id}`)).enabled).toBe(false)
  await power.click()
  await expect(page.getByRole('main')).toContainText('Running')
  await page.getByRole('link', { name: 'Settings' }).click()
  await field(page, 'Name*').first().fill('Canopy, left')
  await page.getByRole('button', { name: 'Save changes' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Canopy, left' })).toBeVisible()
  await page.getByRole('link', { name: 'Events' }).last().click()
  await expect(page.getByRole('main').getByRole('listitem').first()).toBeVisible()
})
