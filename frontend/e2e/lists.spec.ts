import type { Page } from '@playwright/test'
import { expect, picture, test } from './harness/test'
import type { Hypha } from './harness/hypha'

interface Zone {
  id: number
}
interface Thing {
  id: number
  name: string
  enabled: boolean
  zone: number | null
}

/** Some inputs of two kinds in two zones; one of them fails. */
async function populate(hypha: Hypha, n: number) {
  const tent = await hypha.call<Zone>('POST', '/zones', { name: 'Tent' })
  await hypha.call<Zone>('POST', '/zones', { name: 'Aquarium' })
  for (let i = 1; i <= n; i++) {
    const options = { quantity: 'temperature', unit: 'C', waveform: 'constant', offset: 20 + i, fail_every: i === 2 ? 1 : 0 }
    await hypha.call('POST', '/inputs', { name: `Probe ${i}`, kind: 'simulated_sensor', options, period_s: 1, zone: i % 2 ? tent.id : undefined })
  }
  await hypha.call('POST', '/inputs', { name: 'Door', kind: 'push', options: { channels: [{ name: 'open', quantity: 'boolean', unit: 'bool' }] } })
}
const rows = (page: Page) => page.getByRole('main').getByRole('listitem').filter({ has: page.getByRole('checkbox') })
const inputs = async (hypha: Hypha) => (await hypha.call<{ items: Thing[] }>('GET', '/inputs?limit=500')).items

test('a list is searched, narrowed, grouped and sorted, and the address holds it all', async ({ signedIn: page, hypha }) => {
  await populate(hypha, 4)
  await page.goto(`${hypha.url}/inputs`)
  await expect(rows(page)).toHaveCount(5)
  await expect(page.getByRole('heading', { name: /^Need you 1/ })).toBeVisible({ timeout: 20_000 })

  await page.getByRole('button', { name: /^By state/ }).click()
  await page.getByRole('menuitemcheckbox', { name: 'By zone' }).click()
  await expect(page.getByRole('heading', { level: 2 })).toHaveText(['Tent2', 'No zone3'])
  await page.getByRole('button', { name: /^By zone/ }).click()
  await page.getByRole('menuitemcheckbox', { name: 'Newest first' }).click()
  await expect(rows(page).first()).toContainText('Probe 3')

  await page.getByRole('button', { name: 'Filter' }).click()
  await page.getByRole('menuitem', { name: 'Zone' }).click()
  await page.getByRole('menuitemcheckbox', { name: 'Tent (2)' }).click()
  await page.keyboard.press('Escape')
  await page.keyboard.press('Escape')
  await expect(rows(page)).toHaveCount(2)
  await page.getByRole('textbox', { name: 'Name, kind, bus or zone' }).fill('probe 3')
  await expect(rows(page)).toHaveCount(1)
  await expect(page).toHaveURL(/group=zone/)
  await expect(page).toHaveURL(/sort=newest/)
  await expect(page).toHaveURL(/zone=1/)
  await picture(page, 'narrowed')

  await page.reload()
  await expect(rows(page)).toHaveCount(1)
  await expect(rows(page)).toContainText('Probe 3')
  await page.getByRole('button', { name: 'Without the filter Tent' }).click()
  await page.getByRole('textbox', { name: 'Name, kind, bus or zone' }).fill('nothing like it')
  await page.getByRole('button', { name: 'Show all' }).click()
  await expect(rows(page)).toHaveCount(5)
})

test('many are disabled, moved and deleted at once, and one undo takes it back', async ({ signedIn: page, hypha }) => {
  await populate(hypha, 4)
  await page.goto(`${hypha.url}/inputs?group=none&sort=name`)
  await expect(rows(page)).toHaveCount(5)
  await rows(page).filter({ hasText: 'Probe 1' }).getByRole('checkbox').check()
  await rows(page).filter({ hasText: 'Probe 3' }).getByRole('checkbox').click({ modifiers: ['Shift'] })
  const bar = page.getByRole('region', { name: 'Selected' })
  await expect(bar).toContainText('3 selected')
  await picture(page, 'picked')
  await bar.getByRole('button', { name: 'Disable' }).click()
  await expect.poll(async () => (await inputs(hypha)).filter((input) => !input.enabled).map((input) => input.name)).toEqual(['Probe 1', 'Probe 2', 'Probe 3'])
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect.poll(async () => (await inputs(hypha)).filter((input) => !input.enabled)).toEqual([])

  await rows(page).filter({ hasText: 'Probe 2' }).getByRole('checkbox').check()
  await rows(page).filter({ hasText: 'Door' }).getByRole('checkbox').check()
  await bar.getByRole('button', { name: 'Zone' }).click()
  await page.getByRole('menuitem', { name: 'Aquarium' }).click()
  await expect(rows(page).filter({ hasText: 'Door' })).toContainText('Aquarium')
  await expect.poll(async () => (await inputs(hypha)).filter((input) => input.zone === 2).map((input) => input.name)).toEqual(['Probe 2', 'Door'])

  await rows(page).first().getByRole('checkbox').check()
  await bar.getByRole('button', { name: 'Select all' }).click()
  await bar.getByRole('button', { name: 'Delete' }).click()
  await expect.poll(async () => (await inputs(hypha)).length).toBe(0)
  await page.getByText('5 deleted', { exact: true }).waitFor()
  await page.getByRole('listitem').filter({ hasText: '5 deleted' }).getByRole('button', { name: 'Undo' }).click()
  await expect.poll(async () => (await inputs(hypha)).length).toBe(5)
  await expect(rows(page)).toHaveCount(5)
})

test('the keys walk, pick and open', async ({ signedIn: page, hypha }) => {
  await populate(hypha, 4)
  await page.goto(`${hypha.url}/inputs?group=none&sort=name`)
  await expect(rows(page)).toHaveCount(5)
  await page.keyboard.press('j')
  await page.keyboard.press('j')
  await expect(page.getByRole('link', { name: 'Probe 1' })).toBeFocused()
  await page.keyboard.press('x')
  await page.keyboard.press('Shift+J')
  await expect(page.getByRole('region', { name: 'Selected' })).toContainText('2 selected')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('region', { name: 'Selected' })).toBeHidden()
  await page.keyboard.press('ArrowDown')
  await expect(page.getByRole('link', { name: 'Probe 3' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.getByRole('heading', { level: 1, name: 'Probe 3' })).toBeVisible()
})

test('a long list draws what is in sight, and reaches its end', async ({ signedIn: page, hypha }) => {
  const options = { channels: [{ name: 'v', quantity: 'temperature', unit: 'C' }] }
  for (let i = 1; i <= 130; i++) await hypha.call('POST', '/inputs', { name: `Sensor ${i}`, kind: 'push', options, enabled: i % 2 === 0 })
  await page.goto(`${hypha.url}/inputs`)
  await expect(page.getByRole('heading', { name: /^Off 65/ })).toBeAttached()
  expect(await rows(page).count()).toBeLessThan(60)
  await page.goto(`${hypha.url}/inputs?group=none`)
  await expect(page.getByRole('link', { name: 'Sensor 1', exact: true })).toBeVisible()
  await page.keyboard.press('k') // the last one
  await expect(page.getByRole('link', { name: 'Sensor 130' })).toBeFocused()
  await expect(page.getByRole('link', { name: 'Sensor 130' })).toBeInViewport()
  expect(await rows(page).count()).toBeLessThan(60)
})

test('what needs a thing is named before it is deleted', async ({ signedIn: page, hypha }) => {
  const input = await hypha.call<{ channels: { id: number }[] }>('POST', '/inputs', { name: 'Soil', kind: 'push', options: { channels: [{ name: 'v', quantity: 'moisture', unit: 'percent' }] } })
  await hypha.call('POST', '/outputs', { name: 'Pump', kind: 'virtual_on_off', options: {} })
  await hypha.call('POST', '/functions', { name: 'Watering', kind: 'hysteresis', options: { channel: input.channels[0]!.id, setpoint: 30, band: 4, output: { output: 1, channel: 0 } } })
  await page.goto(`${hypha.url}/inputs/1`)
  await page.getByRole('button', { name: 'More for Soil' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  const dialog = page.getByRole('dialog', { name: 'Delete Soil?' })
  await expect(dialog).toContainText('One thing uses it')
  await expect(dialog).toContainText('Watering')
  await picture(page, 'asked')
  await dialog.getByRole('button', { name: 'Cancel' }).click()
  await expect(page.getByRole('heading', { level: 1, name: 'Soil' })).toBeVisible()
  expect(await inputs(hypha)).toHaveLength(1)

  await page.getByRole('button', { name: 'More for Soil' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await dialog.getByRole('button', { name: 'Delete all the same' }).click()
  await expect(page).toHaveURL(/\/inputs$/)
  await expect.poll(async () => (await inputs(hypha)).length).toBe(0)
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect.poll(async () => (await inputs(hypha)).length).toBe(1)
})
