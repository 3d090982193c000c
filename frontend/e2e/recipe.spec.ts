import type { Locator } from '@playwright/test'
import { expect, person, picture, test } from './harness/test'

interface Listed<T> {
  items: T[]
  total: number
}

test('a newcomer comes from the first start to a regulated, guarded tent in a few steps', async ({ page, fresh }) => {
  let interactions = 0
  const click = async (what: Locator) => {
    interactions += 1
    await what.click()
  }
  const type = async (what: Locator, text: string) => {
    interactions += 1
    await what.fill(text)
  }
  await page.goto(fresh.url)
  await type(page.getByLabel('Character 1 of the setup code'), fresh.setupCode)
  await type(page.getByLabel('Your name'), person.username)
  await type(page.getByLabel('Password', { exact: true }), person.password)
  await click(page.getByRole('button', { name: 'Create account' }))
  await expect(page).toHaveURL(/\/setup\/found$/)
  await expect(page.getByRole('listitem').filter({ hasText: 'processor, memory' })).toContainText('%')
  await click(page.getByText('Grow tent'))
  await click(page.getByRole('button', { name: /^Set up a grow tent/ }))

  await expect(page).toHaveURL(/\/recipes\/grow_tent/)
  const main = page.getByRole('main')
  await expect(main.getByRole('heading', { level: 1, name: 'Grow tent' })).toBeVisible()
  await expect(main.getByText('Simulated heater keeps 24 °C, and is off when the sensor is silent for 2 min.')).toBeVisible()
  await click(main.getByRole('radio', { name: 'Growth' }).locator('..'))
  await expect(main.getByText(/Simulated heater keeps 25 °C/)).toBeVisible()

  // A lamp too, to try it out.
  await click(main.getByRole('combobox', { name: 'Lamp' }))
  await click(page.getByRole('option', { name: /^Simulated/ }))
  await expect(main.getByText('Simulated lamp is on from 06:00 to 00:00.')).toBeVisible()
  await type(main.getByLabel('Temperature', { exact: true }).last(), '23')
  await main.getByLabel('Temperature', { exact: true }).last().press('Tab')
  interactions += 1
  await expect(main.getByText(/Simulated heater keeps 23 °C/)).toBeVisible()
  await picture(page, 'recipe')
  expect(((await (await page.request.get(`${fresh.url}/api/v1/outputs`)).json()) as Listed<unknown>).total, 'outputs before somebody has said so').toBe(0)
  await click(main.getByRole('button', { name: 'Set up and start' }))

  await expect(page).toHaveURL(`${fresh.url}/`)
  await expect(main.getByRole('link', { name: 'Grow tent', exact: true })).toBeVisible()
  const heater = main.getByRole('listitem').filter({ hasText: 'Simulated heater' }).filter({ visible: true })
  await expect(heater.first()).toContainText(/grow tent: heating/i)
  await picture(page, 'done')
  expect(interactions, 'interactions from the first start').toBeLessThan(40)
  test.info().annotations.push({ type: 'interactions', description: String(interactions) })

  // Undo takes all of it back.
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(main.getByRole('link', { name: 'Grow tent', exact: true })).toHaveCount(0)
})

test('a tent from what is there, left off until somebody says so', async ({ signedIn: page, hypha }) => {
  await hypha.call('POST', '/inputs', { name: 'Vivarium air', kind: 'simulated_sensor', period_s: 1, options: { quantity: 'temperature', unit: 'C', waveform: 'constant', offset: 22.4 } })
  await hypha.call('POST', '/outputs', { name: 'Relay 1', kind: 'virtual_on_off', options: {} })
  await page.goto(`${hypha.url}/zones`)
  await page.getByRole('link', { name: 'From a recipe' }).click()
  await page.getByRole('link', { name: /^Terrarium/ }).click()
  const main = page.getByRole('main')
  await expect(main.getByRole('combobox', { name: 'Temperature' })).toContainText('Vivarium air')
  await expect(main).toContainText('22.4')
  // A relay that nobody has named is no heater by itself.
  await expect(main.getByRole('combobox', { name: 'Heater' })).toContainText('Simulated')
  await main.getByRole('combobox', { name: 'Heater' }).click()
  await page.getByRole('option', { name: 'Relay 1' }).click()
  await expect(main.getByText(/Relay 1 keeps 25 °C/)).toBeVisible()
  await expect(main.getByText('Relay 1 heats and nothing gets warmer')).toBeVisible()
  await main.getByLabel('Name', { exact: true }).fill('Frogs')
  await main.getByRole('button', { name: 'Set up, start later' }).click()
  await expect(page).toHaveURL(`${hypha.url}/`)
  const functions = await hypha.call<Listed<{ name: string; enabled: boolean }>>('GET', '/functions')
  expect(functions.items).toMatchObject([{ name: 'Frogs: warmth', enabled: false }])
  expect(await hypha.call('GET', '/outputs/1')).toMatchObject({ zone: 1, channels: [{ limits: { max_on_s: 14400 } }] })
  expect((await hypha.call<Listed<unknown>>('GET', '/alerts')).total).toBeGreaterThan(3)
})
