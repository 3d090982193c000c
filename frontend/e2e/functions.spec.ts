import { Hypha } from './harness/hypha'
import { expect, picture, test } from './harness/test'

interface State {
  on?: boolean
  by: string
}
interface Made {
  id: number
  options: Record<string, unknown>
  state: { mode: string; reason?: string } | null
}

/** The simulated grow tent, with a heater that can only be on or off, and nothing that regulates it yet. */
const tent = test.extend<{ demo: Hypha }>({
  demo: async ({ page }, use) => {
    const demo = await Hypha.start('--demo')
    await demo.setUp()
    for (const { id } of (await demo.call<{ items: Made[] }>('GET', '/functions')).items) await demo.call('DELETE', `/functions/${id}`)
    await page.context().addCookies([demo.session()])
    await use(demo)
    await demo.stop()
  },
})

tent('a PID is added, heats, gets another set-point and is paused', async ({ page, demo }) => {
  await page.goto(`${demo.url}/functions`)
  await expect(page.getByRole('heading', { name: 'No functions yet' })).toBeVisible()
  await page.getByRole('link', { name: 'See all kinds' }).click()
  await page.getByRole('link', { name: /^PID/ }).click()

  await page.getByRole('textbox', { name: 'Name*' }).fill('Tent temperature')
  await page.getByRole('button', { name: 'Measurement*' }).click()
  // The picker shows where a channel is, and what it measures now.
  const choice = page.getByRole('option', { name: /Temperature.*Tent climate/ })
  await expect(choice).toContainText('°C')
  await choice.click()
  await page.getByRole('textbox', { name: 'Set-point' }).fill('31,5')
  await page.getByRole('textbox', { name: 'Kp*' }).fill('20')
  await page.getByRole('textbox', { name: 'Period' }).fill('1')
  await page.getByRole('button', { name: 'Save and start' }).click()
  // The server's own rule lands at its field.
  await expect(page.locator('[data-path="options.raise"]')).toContainText(/is required/)
  await page.getByRole('button', { name: 'Output that raises' }).click()
  await page.getByRole('option', { name: /Heater/ }).click()
  await expect(page.getByRole('combobox', { name: 'Output as' })).toContainText('pulses')
  await picture(page, 'form')
  await page.getByRole('button', { name: 'Save and start' }).click()

  await expect(page).toHaveURL(/\/functions\/\d+$/)
  const main = page.getByRole('main')
  await expect(main.getByRole('heading', { name: 'Tent temperature', level: 1 })).toBeVisible()
  await expect(main.getByText('Running').first()).toBeVisible()
  const id = Number(/\d+$/.exec(page.url())?.[0])
  await expect.poll(() => demo.call<State>('GET', '/outputs/1/channels/0')).toMatchObject({ on: true, by: `function/${id}` })
  const heater = main.getByRole('region', { name: 'Outputs' }).getByRole('listitem').filter({ hasText: 'Heater' })
  await expect(heater).toContainText('driven by this function')
  await expect(heater).toContainText('On')
  await picture(page, 'heating')

  await main.getByRole('button', { name: 'Change the set-point' }).click()
  await main.getByRole('textbox', { name: 'Set-point' }).fill('5')
  await main.getByRole('button', { name: 'Set the set-point' }).click()
  await expect(main.getByRole('button', { name: 'Change the set-point' })).toBeVisible()
  await expect(main.getByText('5.0', { exact: true })).toBeVisible()
  await expect.poll(async () => (await demo.call<Made>('GET', `/functions/${id}`)).options.setpoint).toBe(5)

  await main.getByRole('button', { name: 'By hand' }).click()
  await expect(main.getByText('The output is yours', { exact: false })).toBeVisible()
  await main.getByRole('textbox', { name: 'Output by hand' }).fill('40')
  await main.getByRole('button', { name: 'Set', exact: true }).click()
  await expect.poll(async () => (await demo.call<Made>('GET', `/functions/${id}`)).state).toMatchObject({ mode: 'manual', output: 40 })

  await main.getByRole('button', { name: 'Pause' }).click()
  await expect(main.getByRole('button', { name: 'Pause' })).toHaveAttribute('aria-pressed', 'true')
  await expect(main.getByText('Its outputs are given up', { exact: false })).toBeVisible()
  await expect.poll(() => demo.call<State>('GET', '/outputs/1/channels/0')).toMatchObject({ on: false })
  await expect(heater).toContainText('not driven by this function now')
  await picture(page, 'paused')

  // The list says it too, and there it can be deleted and brought back.
  await page.goto(`${demo.url}/functions`)
  const row = page.getByRole('main').getByRole('listitem').filter({ hasText: 'Tent temperature' }).first()
  await expect(row).toContainText('Paused')
  await row.getByRole('button', { name: 'More for Tent temperature' }).locator('visible=true').click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await expect(row).toBeHidden()
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(row).toBeVisible()
})

tent('gains are changed in either form, and a calculation shows its value', async ({ page, demo }) => {
  const pid = await demo.call<Made>('POST', '/functions', {
    name: 'Tent temperature', kind: 'pid', zone: 1,
    options: { channel: 1, setpoint: 24, kp: 12, ki: 0.02, raise: { output: 1 }, mode: 'time_proportional', period_s: 1 },
  })
  await page.goto(`${demo.url}/functions/${pid.id}`)
  const main = page.getByRole('main')
  await expect(main.getByText('10 min', { exact: true })).toBeVisible() // Ti = 12 / 0.02 s
  await main.getByRole('button', { name: 'Change Kp, Ti and Td' }).click()
  await main.getByRole('textbox', { name: 'Ti' }).fill('300')
  await main.getByRole('button', { name: 'Apply' }).click()
  await expect(main.getByText('5 min', { exact: true })).toBeVisible()
  await expect.poll(async () => (await demo.call<Made>('GET', `/functions/${pid.id}`)).options).toMatchObject({ kp: 12, ki: 0.04 })

  await main.getByRole('link', { name: 'Settings' }).click()
  await expect(main.getByRole('button', { name: 'Output that raises' })).toContainText('Heater')
  await main.getByRole('textbox', { name: 'Name*', exact: true }).fill('Warm tent')
  await main.getByRole('button', { name: 'Save changes' }).click()
  await expect(main.getByRole('heading', { name: 'Warm tent', level: 1 })).toBeVisible()

  await page.goto(`${demo.url}/functions/new/difference`)
  await page.getByRole('textbox', { name: 'Name*' }).fill('Warmer than outside')
  for (const [field, name] of [['Channel*', /Temperature.*Tent climate/], ['Channel that is subtracted*', /Temperature.*Outside/]] as const) {
    await page.getByRole('button', { name: field, exact: true }).click()
    await page.getByRole('option', { name }).click()
  }
  await page.getByRole('button', { name: 'Save and start' }).click()
  await expect(page).toHaveURL(/\/functions\/\d+$/)
  await expect(page.getByRole('main').getByText('°C').first()).toBeVisible()

  await page.goto(`${demo.url}/zones/1`)
  await expect(page.getByRole('region', { name: 'Functions' }).getByRole('listitem')).toContainText(/Warm tent.*24\.0/)
})
