import { expect, picture, test } from './harness/test'

interface Zone {
  targets: { channel: number; min: number; max: number }[]
}

async function watchedTent(hypha: { call: <T>(method: string, path: string, body?: unknown) => Promise<T> }) {
  await hypha.call('POST', '/inputs', { name: 'Canopy', kind: 'simulated_sensor', period_s: 1, options: { quantity: 'temperature', unit: 'C', waveform: 'constant', offset: 25 } })
  await hypha.call('POST', '/zones', { name: 'Tent', targets: [{ channel: 1, min: 20, max: 30 }] })
  await hypha.call('PATCH', '/inputs/1', { zone: 1 })
}

test('who thinks in Fahrenheit sees and types Fahrenheit; what is stored stays Celsius', async ({ signedIn: page, hypha }) => {
  await watchedTent(hypha)
  await page.goto(`${hypha.url}/system/appearance`)
  await page.getByRole('group', { name: 'Units' }).getByRole('button', { name: 'Imperial' }).click()
  await expect(page.getByText('For example 75.9 °F')).toBeVisible()
  await picture(page, 'appearance')
  await page.goto(hypha.url)
  await expect(page.getByRole('main')).toContainText('77.0°F')
  await expect(page.getByRole('main')).toContainText('68 – 86')
  await page.goto(`${hypha.url}/zones/1/settings`)
  const low = page.getByLabel('At least')
  await expect(low).toHaveValue('68')
  await low.fill('67.1')
  await page.getByRole('button', { name: 'Save changes' }).first().click()
  await expect.poll(async () => (await hypha.call<Zone>('GET', '/zones/1')).targets[0]?.min).toBeCloseTo(19.5, 10)
  // What was typed is what is there when one comes back.
  await page.goto(`${hypha.url}/zones/1/settings`)
  await expect(page.getByLabel('At least')).toHaveValue('67.1')
  await expect(page.getByLabel('At most')).toHaveValue('86')
})

test('a form with a set-point takes the unit of who types', async ({ signedIn: page, hypha }) => {
  await watchedTent(hypha)
  await hypha.call('PATCH', '/preferences', { reader: { unitOf: { temperature: 'F' } } })
  await hypha.call('POST', '/alerts', { name: 'Hot', kind: 'threshold', options: { channel: 1, when: 'above', above: 30, hysteresis: 5 } })
  await page.goto(`${hypha.url}/alerts/1`)
  await expect(page.getByLabel('Upper limit')).toHaveValue('86')
  // A difference is converted without the zero of the scale.
  await expect(page.getByLabel('Hysteresis')).toHaveValue('9')
  await page.getByLabel('Upper limit').fill('95')
  await page.getByRole('button', { name: /^Save/ }).first().click()
  await expect.poll(async () => (await hypha.call<{ options: { above: number } }>('GET', '/alerts/1')).options.above).toBeCloseTo(35, 10)
})

test('choices follow the person to another browser, and hold before the first paint', async ({ signedIn: page, hypha, browser }) => {
  await page.goto(`${hypha.url}/system/appearance`)
  await page.getByRole('group', { name: 'Theme' }).getByRole('button', { name: 'Dark' }).click()
  await page.getByRole('group', { name: 'Contrast' }).getByRole('button', { name: 'High' }).click()
  await page.getByRole('group', { name: 'Clock' }).getByRole('button', { name: '12 hours' }).click()
  await expect(page.locator('html')).toHaveClass(/dark/)
  await expect(page.locator('html')).toHaveAttribute('data-contrast', '')
  await expect.poll(() => hypha.call('GET', '/preferences')).toMatchObject({ reader: { theme: 'dark', contrast: 'more', clock: '12' } })
  await picture(page, 'dark-contrast')

  const other = await browser.newContext({ viewport: { width: 390, height: 844 } })
  await other.addCookies([hypha.session()])
  const phone = await other.newPage()
  await phone.goto(`${hypha.url}/system/appearance`)
  await expect(phone.locator('html')).toHaveClass(/dark/)
  await expect(phone.locator('[data-part="example"]')).toContainText(/[ap]m/i)
  // And again from what this browser has kept, without asking anybody.
  await phone.route('**/api/v1/preferences', (route) => route.abort())
  await phone.reload()
  await expect(phone.locator('html')).toHaveClass(/dark/)
  await other.close()
})

test.describe('far from home', () => {
  test.use({ timezoneId: 'Asia/Tokyo' })
  test('times are those of the place where Hypha stands', async ({ signedIn: page, hypha }) => {
    const { timezone } = await hypha.call<{ timezone: string }>('GET', '/system')
    await page.goto(`${hypha.url}/system/appearance`)
    const here = () => new Date().toLocaleTimeString('en-GB', { timeZone: timezone, hour: '2-digit', minute: '2-digit' })
    await expect.poll(async () => ((await page.locator('[data-part="example"]').textContent()) ?? '').includes(here())).toBe(true)
    await expect(page.getByText(`Hypha stands in ${timezone}, this browser in Asia/Tokyo.`)).toBeVisible()
    await page.getByRole('group', { name: 'Times are those of' }).getByRole('button', { name: 'this browser' }).click()
    const there = () => new Date().toLocaleTimeString('en-GB', { timeZone: 'Asia/Tokyo', hour: '2-digit', minute: '2-digit' })
    await expect.poll(async () => ((await page.locator('[data-part="example"]').textContent()) ?? '').includes(there())).toBe(true)
  })
})
