import { expect, picture, test } from './harness/test'

interface State {
  on?: boolean
  duty?: number
  by: string
  reason?: string
}

test('an output is added, switched, stopped and released', async ({ signedIn: page, hypha }) => {
  await page.goto(`${hypha.url}/outputs`)
  await page.getByRole('link', { name: /Add (the first )?output/ }).first().click()
  await page.getByRole('link', { name: /^Virtual switch/ }).click()
  await page.getByRole('textbox', { name: 'Name*', exact: true }).fill('Fan')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await expect(page).toHaveURL(/\/outputs(\/\d+)?$/)

  await page.goto(`${hypha.url}/outputs`)
  const fan = page.getByRole('main').getByRole('listitem').filter({ hasText: 'Fan' })
  await expect(fan).toContainText('Off')
  await fan.getByRole('switch', { name: 'Fan' }).click()
  await expect(fan).toContainText(/by hand/)
  await expect.poll(() => hypha.call<State>('GET', '/outputs/1/channels/0')).toMatchObject({ on: true, by: 'user:maya' })
  await picture(page, 'on')

  // Stop is held, not clicked: nobody stops a greenhouse by a slip.
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  const hold = page.getByRole('button', { name: /Hold to stop/ })
  if (await hold.isVisible()) {
    await hold.hover()
    await page.mouse.down()
    await expect(page.getByText('Everything is stopped').first()).toBeVisible()
    await page.mouse.up()
  }
  await expect(page.getByText('Everything is stopped').first()).toBeVisible()
  await expect.poll(() => hypha.call<State>('GET', '/outputs/1/channels/0')).toMatchObject({ on: false })
  await picture(page, 'stopped')
  await page.getByRole('button', { name: 'Release' }).first().click()
  await expect.poll(() => hypha.call<{ stopped: boolean }>('GET', '/stop')).toMatchObject({ stopped: false })
})

test('what somebody else switches is seen at once', async ({ signedIn: page, hypha }) => {
  await hypha.call('POST', '/outputs', { name: 'Lamp', kind: 'virtual_pwm', options: {} })
  await page.goto(`${hypha.url}/outputs`)
  const lamp = page.getByRole('main').getByRole('listitem').filter({ hasText: 'Lamp' })
  await expect(lamp).toContainText('0 %')
  await hypha.call('PUT', '/outputs/1/channels/0', { duty: 40 })
  await expect(lamp).toContainText('40 %', { timeout: 2000 })
})

test('an output that runs for a time goes off by itself', async ({ signedIn: page, hypha }) => {
  await hypha.call('POST', '/outputs', { name: 'Pump', kind: 'virtual_on_off', options: {} })
  await page.goto(`${hypha.url}/outputs`)
  const pump = page.getByRole('main').getByRole('listitem').filter({ hasText: 'Pump' })
  await hypha.call('PUT', '/outputs/1/channels/0', { on: true, duration_s: 2 })
  await expect(pump).toContainText(/left|until/)
  await expect(pump).toContainText('Off', { timeout: 6000 })
})
