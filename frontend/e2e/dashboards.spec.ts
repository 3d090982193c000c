import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import type { Hypha } from './harness/hypha'
import { expect, test } from './harness/test'

interface Thing {
  id: number
}
interface Place {
  x: number
  y: number
  w: number
  h: number
}
interface Widget {
  id: string
  kind: string
  options: Record<string, unknown>
  desktop: Place
  phone?: Place
}

/** A tent with two sensors and a lamp. */
async function furnish(hypha: Hypha) {
  const zone = await hypha.call<Thing>('POST', '/zones', { name: 'Tent', targets: [] })
  for (const [name, quantity, unit, offset] of [['Canopy', 'temperature', 'C', 23.4], ['Air', 'humidity', 'percent', 61.2]] as const) {
    const options = { quantity, unit, waveform: 'constant', offset }
    await hypha.call('POST', '/inputs', { name, kind: 'simulated_sensor', period_s: 1, zone: zone.id, options })
  }
  await hypha.call('POST', '/outputs', { name: 'Lamp', kind: 'virtual_on_off', zone: zone.id })
}

const place = (x: number, y: number, w = 3, h = 2): Place => ({ x, y, w, h })
const value = (id: string, desktop: Place, channel = 1): Widget => ({ id, kind: 'value', options: { channel }, desktop })
const made = (hypha: Hypha, name: string, widgets: Widget[], more: object = {}) =>
  hypha.call<Thing>('POST', '/dashboards', { name, shared: true, layout: { widgets }, ...more })
const layoutOf = async (hypha: Hypha, id: number) => (await hypha.call<{ layout: { widgets: Widget[] } }>('GET', `/dashboards/${id}`)).layout.widgets

const tiles = (page: Page) => page.getByTestId('dashboard').locator('[data-tile]')
const tile = (page: Page, id: string) => page.locator(`[data-tile="${id}"]`)
const handle = (page: Page, id: string) => tile(page, id).locator('.tile-handle')
const status = (page: Page) => page.locator('main p[role="status"].sr-only')

test('the first visit shows what exists; what an older version kept is taken over', async ({ signedIn: page, hypha }) => {
  await furnish(hypha)
  await page.goto(`${hypha.url}/dashboard`)
  await expect(page.getByTestId('dashboard').getByText('23.4').first()).toBeVisible()
  expect((await hypha.call<{ total: number }>('GET', '/dashboards')).total).toBe(0)

  await hypha.call('PUT', '/preferences', { dashboard: { tiles: [2], graph: [1], range: '6h' } })
  await page.reload()
  await expect(page).toHaveURL(/\/dashboard\/1$/)
  await expect(tiles(page)).toHaveCount(2)
  await expect(page.getByTestId('dashboard').getByText('61.2')).toBeVisible()
  await expect.poll(async () => (await hypha.call<{ dashboard?: unknown }>('GET', '/preferences')).dashboard ?? null).toBeNull()
})

test('a template fills itself; tiles are arranged by hand and by key, undone, saved', async ({ signedIn: page, hypha }) => {
  await furnish(hypha)
  await page.goto(`${hypha.url}/dashboard/new`)
  await page.getByRole('button', { name: /^Terrarium/ }).click()
  await expect(page.getByTestId('dashboard').getByText('61.2').first()).toBeVisible()
  await page.getByLabel('Name').fill('Frogs')
  await page.getByRole('button', { name: 'Make the dashboard' }).click()
  await expect(page).toHaveURL(/\/dashboard\/1$/)
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Frogs')
  const before = await layoutOf(hypha, 1)
  expect(before.map((widget) => widget.kind)).toEqual(expect.arrayContaining(['value', 'gauge', 'zone', 'graph', 'output', 'lanes']))

  // by hand: the first tile goes to where the second one is
  await page.getByRole('button', { name: 'Edit', exact: true }).click()
  const first = before.find((widget) => widget.kind === 'value')!
  const second = before.find((widget) => widget.kind === 'gauge')!
  const [from, to] = [await handle(page, first.id).boundingBox(), await tile(page, second.id).boundingBox()]
  await page.mouse.move(from!.x + 10, from!.y + 10)
  await page.mouse.down()
  await page.mouse.move(to!.x + 20, to!.y + 20, { steps: 12 })
  await page.mouse.move(to!.x + 12, to!.y + 12)
  await page.mouse.up()
  await expect.poll(async () => Math.round((await tile(page, first.id).boundingBox())!.x)).toBeGreaterThan(Math.round(from!.x + 100))
  await expect(status(page)).toContainText('is now in column')

  // taken back and done again
  await page.keyboard.press('Control+z')
  await expect.poll(async () => Math.round((await handle(page, first.id).boundingBox())!.x)).toBe(Math.round(from!.x))
  await page.keyboard.press('Control+Shift+Z')
  await expect.poll(async () => Math.round((await tile(page, first.id).boundingBox())!.x)).toBeGreaterThan(Math.round(from!.x + 100))
  await page.getByRole('button', { name: 'Undo' }).click()

  // by key
  await handle(page, first.id).focus()
  await page.keyboard.press('Shift+ArrowRight')
  await expect(status(page)).toContainText('is now 4 wide')
  await page.keyboard.press('ArrowRight')
  await expect(status(page)).toContainText('in column 2')
  await expect(handle(page, first.id)).toBeFocused()

  // from the palette, by Enter; its settings are followed by the tile
  await page.getByPlaceholder('Find a widget').fill('histo')
  await page.getByRole('button', { name: 'Histogram' }).press('Enter')
  await expect(status(page)).toContainText('was put into')
  const added = page.locator('[data-widget="histogram"]')
  await expect(added).toBeVisible()
  await added.getByRole('button', { name: /^Settings of/ }).click()
  await page.getByLabel('Title').fill('How often')
  await expect(added.getByRole('heading')).toHaveText('How often')
  await page.getByRole('button', { name: 'Close the settings' }).click()

  // duplicated, and one taken away by key
  await added.locator('.tile-handle').focus()
  await added.getByRole('button', { name: /^Duplicate/ }).click()
  await expect(page.locator('[data-widget="histogram"]')).toHaveCount(2)
  await page.locator('[data-widget="histogram"]').last().locator('.tile-handle').press('Delete')
  await expect(page.locator('[data-widget="histogram"]')).toHaveCount(1)

  await page.getByRole('button', { name: 'Done' }).click()
  await expect(page.getByRole('button', { name: 'Edit', exact: true })).toBeVisible()
  const after = await layoutOf(hypha, 1)
  expect(after.find((widget) => widget.id === first.id)?.desktop).toMatchObject({ x: 1, w: 4 })
  expect(after.filter((widget) => widget.kind === 'histogram')).toMatchObject([{ title: 'How often' }])
  await page.reload()
  await expect(tiles(page)).toHaveCount(after.length)
})

test('a widget is dragged from the palette to a place', async ({ signedIn: page, hypha }) => {
  await furnish(hypha)
  await made(hypha, 'Empty', [value('a', place(0, 0))])
  // gridstack announces a drag by an event that the test's mouse takes for one of the browser's own, and would wait for.
  await page.addInitScript(() => window.addEventListener('dragstart', (event) => event.isTrusted || event.stopImmediatePropagation(), true))
  await page.goto(`${hypha.url}/dashboard/1`)
  await page.getByRole('button', { name: 'Edit', exact: true }).click()
  const from = await page.locator('.palette-item[data-kind="gauge"]').boundingBox()
  const grid = await page.getByTestId('dashboard').boundingBox()
  await page.mouse.move(from!.x + 30, from!.y + 12)
  await page.mouse.down()
  await page.mouse.move(from!.x - 40, from!.y + 20, { steps: 5 })
  await page.mouse.move(grid!.x + grid!.width * 0.7, grid!.y + 60, { steps: 15 })
  await page.mouse.up()
  await expect(page.locator('[data-widget="gauge"]')).toHaveCount(1)
  await expect(tiles(page)).toHaveCount(2)
  await page.getByRole('button', { name: 'Done' }).click()
  await expect.poll(async () => (await layoutOf(hypha, 1)).find((widget) => widget.kind === 'gauge')?.desktop.x).toBeGreaterThan(4)
})

test('the phone has a layout of its own', async ({ signedIn: page, hypha }) => {
  await furnish(hypha)
  await made(hypha, 'Tent', [value('a', place(0, 0)), value('b', place(3, 0), 2), { id: 'c', kind: 'lanes', options: {}, desktop: place(0, 2, 12, 3) }])
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto(`${hypha.url}/dashboard/1`)
  const [a, b, c] = [await tile(page, 'a').boundingBox(), await tile(page, 'b').boundingBox(), await tile(page, 'c').boundingBox()]
  expect([a!.y === b!.y, a!.x < b!.x, c!.y > a!.y, c!.width > 340]).toEqual([true, true, true, true])

  await page.getByRole('button', { name: 'Edit', exact: true }).click()
  await handle(page, 'a').press('Shift+ArrowRight')
  await expect(status(page)).toContainText('2 wide')
  await page.getByRole('button', { name: 'Done' }).click()
  await expect(page.getByRole('button', { name: 'Edit', exact: true })).toBeVisible()
  await expect.poll(async () => (await layoutOf(hypha, 1)).map((widget) => widget.phone?.w)).toEqual([2, 1, 2])
  expect((await layoutOf(hypha, 1)).map((widget) => widget.desktop.x)).toEqual([0, 3, 0])
  await expect.poll(async () => (await tile(page, 'a').boundingBox())!.width).toBeGreaterThan(340)

  await page.setViewportSize({ width: 1440, height: 900 })
  await expect.poll(async () => (await tile(page, 'a').boundingBox())!.width).toBeLessThan(340)
})

test('what somebody else has changed meanwhile is not lost unseen', async ({ signedIn: page, hypha }) => {
  await furnish(hypha)
  await made(hypha, 'Tent', [value('a', place(0, 0)), value('b', place(3, 0))])
  await page.goto(`${hypha.url}/dashboard/1`)
  await page.getByRole('button', { name: 'Edit', exact: true }).click()
  await handle(page, 'a').press('Delete')
  await hypha.call('PATCH', '/dashboards/1', { revision: 1, layout: { widgets: [value('x', place(0, 0))] } })
  await page.getByRole('button', { name: 'Done' }).click()
  await expect(page.getByRole('dialog')).toContainText('maya changed it')
  await page.getByRole('button', { name: 'Cancel' }).click()
  expect((await layoutOf(hypha, 1)).map((widget) => widget.id)).toEqual(['x'])
  // unsaved changes are guarded
  await page.getByRole('link', { name: 'Overview' }).click()
  await page.getByRole('button', { name: 'Stay' }).click()
  await page.getByRole('button', { name: 'Done' }).click()
  await page.getByRole('button', { name: 'Save mine over it' }).click()
  await expect(page.getByRole('button', { name: 'Edit', exact: true })).toBeVisible()
  expect((await layoutOf(hypha, 1)).map((widget) => widget.id)).toEqual(['b'])
})

test('duplicated, renamed, moved in the list, deleted and brought back', async ({ signedIn: page, hypha }) => {
  await furnish(hypha)
  await made(hypha, 'Tent', [value('a', place(0, 0))])
  await page.goto(`${hypha.url}/dashboard/1`)
  const more = page.getByRole('button', { name: /^More for/ })
  await more.click()
  await page.getByRole('menuitem', { name: 'Duplicate' }).click()
  await expect(page).toHaveURL(/\/dashboard\/2$/)
  await more.click()
  await page.getByRole('menuitem', { name: 'Name and sharing' }).click()
  await page.getByRole('dialog').getByLabel('Name').fill('Second tent')
  await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click()
  await expect(page.getByRole('heading', { level: 1 })).toContainText('Second tent')
  await more.click()
  await page.getByRole('menuitem', { name: 'Move up in the list' }).click()
  const names = async () => (await hypha.call<{ items: { name: string }[] }>('GET', '/dashboards')).items.map((one) => one.name)
  await expect.poll(names).toEqual(['Second tent', 'Tent'])
  await more.click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await expect(page).toHaveURL(/\/dashboard\/1$/)
  await expect.poll(names).toEqual(['Tent'])
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect.poll(names).toEqual(['Second tent', 'Tent'])
  await page.getByRole('button', { name: /choose another dashboard/ }).click()
  await page.getByRole('menuitem', { name: 'Second tent' }).click()
  await expect(page).toHaveURL(/\/dashboard\/2$/)
})

test('exported to a file, imported where one sensor is missing', async ({ signedIn: page, hypha }) => {
  await furnish(hypha)
  await made(hypha, 'Tent', [value('a', place(0, 0)), value('b', place(3, 0), 2)])
  await page.goto(`${hypha.url}/dashboard/1`)
  const more = page.getByRole('button', { name: /^More for/ })
  await more.click()
  const download = page.waitForEvent('download')
  await page.getByRole('menuitem', { name: 'Export to a file' }).click()
  const file = await (await download).path()
  expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ hypha: 'dashboard', about: { 'channel/2': { quantity: 'humidity' } } })

  await hypha.call('DELETE', '/inputs/2')
  await page.reload()
  await more.click()
  await page.getByRole('menuitem', { name: 'Import a file' }).click()
  await page.locator('input[type="file"]').setInputFiles(file)
  const dialog = page.getByRole('dialog')
  await expect(dialog).toContainText('It holds 2 widgets')
  await expect(dialog).toContainText('One thing was not found here')
  await dialog.getByRole('button', { name: 'Make the dashboard' }).click()
  await expect(page).toHaveURL(/\/dashboard\/2$/)
  expect((await layoutOf(hypha, 2)).map((widget) => widget.options)).toEqual([{ channel: 1 }, {}])
  await expect(page.getByTestId('dashboard').getByText('23.4')).toBeVisible()
})

test('a link shows it to strangers, lets them do nothing, and ends at once', async ({ signedIn: page, hypha, browser }) => {
  await furnish(hypha)
  await made(hypha, 'Tent', [value('a', place(0, 0)), { id: 'lamp', kind: 'output', options: { target: { output: 1, channel: 0 }, control: true }, desktop: place(3, 0) }])
  await page.goto(`${hypha.url}/dashboard/1`)
  await page.getByRole('button', { name: /^More for/ }).click()
  await page.getByRole('menuitem', { name: 'Read-only link' }).click()
  await page.getByLabel('Where it is shown').fill('Hall')
  await page.getByRole('button', { name: 'Make a link' }).click()
  const address = await page.getByRole('group', { name: 'Link' }).textContent()

  const stranger = await browser.newContext()
  const screen = await stranger.newPage()
  await screen.clock.install()
  await screen.goto(address!)
  await expect(screen.getByRole('heading', { level: 1, name: 'Tent' })).toBeVisible()
  await expect(screen.getByText('23.4').first()).toBeVisible()
  await expect(screen.getByText('Live')).toBeVisible()
  await expect(screen.getByRole('navigation')).toHaveCount(0)
  await expect(screen.getByRole('switch')).toHaveCount(0)
  const refused = await screen.evaluate(async () => {
    const answers = [
      fetch('/api/v1/outputs/1/channels/0', { method: 'PUT', headers: { 'Content-Type': 'application/json' }, body: '{"on":true}' }),
      fetch('/api/v1/users'),
      fetch('/api/v1/tokens'),
    ]
    return Promise.all(answers.map(async (answer) => (await answer).status))
  })
  expect(refused).toEqual([401, 401, 401])
  // other pages need a person
  await screen.goto(`${hypha.url}/outputs`)
  await expect(screen).toHaveURL(/\/login/)
  await screen.goto(address!)
  await expect(screen.getByText('23.4').first()).toBeVisible()

  await page.getByRole('button', { name: 'End it' }).click()
  await expect(page.getByText('Not opened yet')).toHaveCount(0)
  await screen.clock.runFor(16_000)
  await expect(screen.getByRole('heading', { name: 'This link shows nothing any more' })).toBeVisible()
  await expect(screen.getByText('23.4')).toHaveCount(0)
  await stranger.close()
})

test('a screen turns through dashboards, is darker at night, and moves against burning in', async ({ signedIn: page, hypha }) => {
  await furnish(hypha)
  await made(hypha, 'Second', [value('b', place(0, 0), 2)])
  await made(hypha, 'First', [value('a', place(0, 0))], { kiosk: { every_s: 30, dashboards: [1], dim: 'times', dim_from: '22:00', dim_to: '07:00' } })
  await page.clock.install({ time: new Date('2027-03-01T21:58:30Z') })
  await page.goto(`${hypha.url}/dashboard/2?kiosk`)
  await expect(page.getByRole('heading', { level: 1, name: 'First' })).toBeVisible()
  await expect(page.getByTestId('dim')).toHaveCount(0)
  const stood = await tile(page, 'a').boundingBox()
  await page.clock.runFor(31_000)
  await expect(page.getByRole('heading', { level: 1, name: 'Second' })).toBeVisible()
  await page.clock.runFor(30_000)
  await expect(page.getByRole('heading', { level: 1, name: 'First' })).toBeVisible()
  await page.keyboard.press('ArrowRight')
  await expect(page.getByRole('heading', { level: 1, name: 'Second' })).toBeVisible()
  await page.keyboard.press('ArrowLeft')
  await page.clock.runFor(29_000)
  await expect(page.getByRole('heading', { level: 1, name: 'First' })).toBeVisible()
  await page.clock.runFor(62_000)
  await expect(page.getByText(/^22:0\d$/)).toBeVisible()
  await expect(page.getByTestId('dim')).toHaveCount(1)
  await page.keyboard.press('ArrowLeft')
  await expect.poll(async () => {
    const stands = await page.getByTestId('dashboard').boundingBox()
    return stands!.x !== stood!.x || stands!.y !== stood!.y
  }).toBe(true)
})
