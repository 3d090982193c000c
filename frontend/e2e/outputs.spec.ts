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

test('an output has a page: its hand, what it did, its rules', async ({ signedIn: page, hypha }) => {
  await hypha.call('POST', '/outputs', {
    name: 'Heater', kind: 'virtual_on_off', options: {},
    channels: [{ index: 0, name: 'relay', type: 'on_off', at_stop: 'keep', limits: { max_on_s: 5400 } }],
  })
  await page.goto(`${hypha.url}/outputs/1`)
  const main = page.getByRole('main')
  await expect(main.getByText('did not run').first()).toBeVisible()
  await main.getByRole('switch', { name: 'Heater' }).click()
  await expect(main.getByText(/by hand, maya/i)).toBeVisible()
  await expect(main.getByText(/^ran for/)).toBeVisible()
  const rule = (name: string) => main.locator('dl > div').filter({ has: page.locator('dt', { hasText: name }) })
  await expect(rule('Safe state')).toContainText('Off')
  await expect(rule('When Hypha stops')).toContainText('Leave as it is')
  await expect(rule('On at most for')).toContainText('1 h 30 min')
  await expect(rule('Times it began')).toContainText('1')
  await picture(page, 'output')
})

test('an output whose device does not answer says so where its state would be', async ({ signedIn: page, hypha }) => {
  await hypha.call('POST', '/zones', { name: 'Vivarium' })
  await hypha.call('POST', '/outputs', { name: 'Mister', kind: 'mqtt_publish', zone: 1, options: { broker: 'mqtt://127.0.0.1:1', topic: 'mist', payload_on: '1', payload_off: '0' } })
  await page.goto(hypha.url)
  const mister = page.getByRole('main').getByRole('listitem').filter({ hasText: 'Mister' }).first()
  await expect(mister).toContainText(/Next try in|Trying now/)
  await expect(mister).toContainText(/^(?!.*open:).*No broker answers/)
  await expect(page.getByText('one output in trouble', { exact: false })).toBeVisible()
})
