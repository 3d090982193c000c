import { expect, picture, test } from './harness/test'

const canopy = {
  name: 'Canopy',
  kind: 'simulated_sensor',
  period_s: 0.5,
  options: { quantity: 'temperature', unit: 'C', waveform: 'sine', offset: 22, amplitude: 2, wave_period_s: 20 },
}

test('a zone gathers what belongs to it and shows its band on the overview', async ({ signedIn: page, hypha }) => {
  await hypha.call('POST', '/inputs', canopy)
  await hypha.call('POST', '/outputs', { name: 'Heater', kind: 'virtual_on_off', options: {} })
  await page.goto(`${hypha.url}/zones`)
  await page.getByRole('link', { name: 'Add the first zone' }).click()
  await page.getByRole('textbox', { name: 'Name*', exact: true }).fill('Grow tent')
  await page.getByRole('switch', { name: 'Canopy' }).click()
  await page.getByRole('switch', { name: 'Heater' }).click()
  await page.getByRole('button', { name: 'Create zone' }).click()
  await expect.poll(() => hypha.call('GET', '/zones')).toMatchObject({ total: 1, items: [{ name: 'Grow tent' }] })
  await page.goto(hypha.url)
  const main = page.getByRole('main')
  await expect(main).toContainText('Grow tent')
  await expect(main).toContainText('°C')
  await expect(main).toContainText('Heater')
  await picture(page, 'overview')
})

test('the graph draws, zooms and goes back to now', async ({ signedIn: page, hypha }) => {
  await hypha.call('POST', '/inputs', canopy)
  await page.goto(`${hypha.url}/graph?ch=1`)
  const curve = page.locator('canvas').first()
  await expect(curve).toBeVisible()
  await expect(page.getByRole('definition').first()).toContainText(/2\d\.\d/)
  // Something is drawn: the canvas holds more than one colour.
  await expect
    .poll(() =>
      curve.evaluate((canvas: HTMLCanvasElement) => {
        const { data } = canvas.getContext('2d')!.getImageData(0, 0, canvas.width, canvas.height)
        return new Set(new Uint32Array(data.buffer)).size
      }),
    )
    .toBeGreaterThan(4)
  await page.getByRole('button', { name: '6 h' }).click()
  await expect(page).toHaveURL(/6h/)
  await page.getByRole('group', { name: /^Graph of/ }).press('ArrowLeft')
  await page.getByRole('button', { name: 'Back to now' }).click()
  await expect(page.getByText('Following now')).toBeVisible()
  await picture(page, 'graph')
})

test('a young history fills the graph, with what the outputs did under it', async ({ signedIn: page, hypha }) => {
  await hypha.call('POST', '/zones', { name: 'Tent' })
  await hypha.call('POST', '/inputs', { ...canopy, zone: 1 })
  await hypha.call('POST', '/outputs', { name: 'Heater', kind: 'virtual_on_off', zone: 1, options: {} })
  await hypha.call('PUT', '/outputs/1/channels/0', { on: true })
  await expect.poll(async () => JSON.stringify(await hypha.call('GET', '/readings?channel=1'))).toContain('"t":[1')
  await page.goto(`${hypha.url}/graph?ch=1`)
  await expect(page.getByRole('button', { name: 'All', exact: true })).toHaveAttribute('aria-pressed', 'true')
  const lanes = page.getByRole('list', { name: 'Outputs meanwhile' })
  await expect(lanes).toContainText('Heater')
  await expect(lanes).toContainText('On')
  // What is switched now is drawn now.
  await hypha.call('PUT', '/outputs/1/channels/0', { on: false })
  await expect(lanes).toContainText('Off')
  // The same view opens from its address.
  await page.goto(`${hypha.url}/graph?ch=1&range=all`)
  await expect(page.getByRole('button', { name: 'All', exact: true })).toHaveAttribute('aria-pressed', 'true')
  await expect(page.locator('canvas').first()).toBeVisible()
  await picture(page, 'young')
})

test('the range of a page is in its address, and a zoom has a way back', async ({ signedIn: page, hypha }) => {
  await hypha.call('POST', '/inputs', canopy)
  await page.goto(`${hypha.url}/inputs/1?range=6h`)
  await expect(page.getByRole('button', { name: '6 h' })).toHaveAttribute('aria-pressed', 'true')
  await page.getByRole('button', { name: '1 h' }).click()
  await expect(page).toHaveURL(/range=1h/)
  await page.getByRole('group', { name: /^Graph of/ }).press('ArrowLeft')
  await page.getByRole('button', { name: 'Back to now' }).click()
  await expect(page.getByRole('button', { name: '1 h' })).toHaveAttribute('aria-pressed', 'true')
  await expect(page.getByRole('link', { name: 'Open in the graph' })).toHaveAttribute('href', /ch=1.*range=1h/)
})

test('a page that loses its server says so and catches up by itself', async ({ signedIn: page, hypha }) => {
  await hypha.call('POST', '/inputs', canopy)
  await page.goto(`${hypha.url}/inputs`)
  await expect(page.getByRole('status').filter({ hasText: 'Live' })).toBeVisible()
  await hypha.end()
  await expect(page.getByText('Connection lost').first()).toBeVisible()
  await picture(page, 'offline')
  await hypha.start()
  await expect(page.getByText('Connection lost')).toHaveCount(0, { timeout: 40_000 })
  await expect(page.getByRole('listitem').filter({ hasText: 'Canopy' })).toContainText('Running', { timeout: 20_000 })
})

test('readings are kept over a restart', async ({ signedIn: page, hypha }) => {
  await hypha.call('POST', '/inputs', canopy)
  const latest = () => hypha.call<{ items: { t: string }[] }>('GET', '/readings/latest')
  await expect.poll(async () => (await latest()).items.length).toBe(1)
  const before = (await latest()).items[0]!.t
  await hypha.end()
  await hypha.start()
  const { series } = await hypha.call<{ series: { t: number[] }[] }>('GET', '/readings?channel=1&from=-1h')
  expect(series[0]!.t.some((t) => t >= Date.parse(before))).toBe(true)
  await page.goto(`${hypha.url}/inputs`)
  await expect(page.getByRole('listitem').filter({ hasText: 'Canopy' })).toContainText('Running')
})

test('a token made in the browser opens the API to a program', async ({ signedIn: page, hypha }) => {
  await page.goto(`${hypha.url}/system/tokens`)
  await page.getByRole('textbox', { name: 'Name' }).fill('night script')
  await page.getByRole('button', { name: 'Create', exact: true }).click()
  const secret = await page.getByText(/^hyp\w*_\S+$/).first().innerText()
  await picture(page, 'token')
  const answer = await fetch(`${hypha.url}/api/v1/auth/me`, { headers: { Authorization: `Bearer ${secret.trim()}` } })
  expect(answer.status).toBe(200)
})

test('the API reader works without the internet', async ({ page, hypha }) => {
  await page.goto(`${hypha.url}/api/docs`)
  await expect(page.getByText('/inputs', { exact: true }).first()).toBeVisible()
  await page.locator('#operations-inputs-postInputs button').first().click()
  await expect(page.getByRole('button', { name: 'Try it out' })).toBeVisible()
  await picture(page, 'reader')
})
