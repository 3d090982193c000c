import { readFile } from 'node:fs/promises'
import type { Page } from '@playwright/test'
import type { Hypha } from './harness/hypha'
import { expect, picture, test } from './harness/test'

const MIN = 60_000
const HOUR = 60 * MIN
const DAY = 24 * HOUR
const YEAR = 365 * DAY

interface Reading {
  channel: number
  t: number
  v: number
}

/** Two channels: ten years once a day, two days once a minute, the last hour each second. Values of the last two days are those of the day before plus one. */
async function seed(hypha: Hypha): Promise<number> {
  await hypha.call('POST', '/inputs', {
    name: 'Tank',
    kind: 'push',
    options: { channels: [{ name: 'water', quantity: 'temperature', unit: 'C' }, { name: 'acid', quantity: 'ion_concentration', unit: 'pH' }] },
  })
  const now = Date.now()
  const day = Math.floor(now / DAY) * DAY
  const readings: Reading[] = []
  const add = (t: number) => readings.push({ channel: 1, t, v: 20 + Math.max(-2, (t - day) / DAY) }, { channel: 2, t, v: 7 + Math.sin(t / HOUR) / 2 })
  for (let t = now - 10 * YEAR + HOUR; t < now - 2 * DAY; t += DAY) add(Math.round(t))
  for (let t = now - 2 * DAY; t < now - HOUR; t += MIN) add(Math.round(t))
  for (let t = now - HOUR; t < now; t += 1000) add(Math.round(t))
  for (let i = 0; i < readings.length; i += 5000) await hypha.call('POST', '/readings', { readings: readings.slice(i, i + 5000) })
  return now
}

const plot = (page: Page) => page.locator('.u-over').first()
/** NaN where the address does not say. */
const span = (page: Page) => {
  const query = new URL(page.url()).searchParams
  return query.has('span') ? Number(query.get('span')) * 1000 : Number(query.get('to') ?? NaN) - Number(query.get('from') ?? NaN)
}
const drawn = async (page: Page) => {
  await expect(page.locator('canvas').first()).toBeVisible()
  await expect(page.getByRole('definition').first()).toContainText(/\d/)
}
const keys = (page: Page) => page.getByRole('group', { name: /^Graph of/ })

test.describe('the graph', () => {
  let now = 0
  test.beforeEach(async ({ hypha }) => {
    now = await seed(hypha)
  })

  test('goes from ten years to a minute with the wheel, and back to now', async ({ signedIn: page, hypha }) => {
    await page.goto(`${hypha.url}/graph?ch=1,2&range=all`)
    await drawn(page)
    await expect(page.getByText('Each point is 4 d')).toBeVisible()
    const box = (await plot(page).boundingBox())!
    // At the right end the window goes on following now.
    await page.mouse.move(box.x + box.width - 2, box.y + box.height / 2)
    await expect(async () => {
      for (let i = 0; i < 6; i++) await page.mouse.wheel(0, -100)
      await expect.poll(() => span(page), { intervals: [60], timeout: 400 }).toBeLessThanOrEqual(MIN)
    }).toPass({ intervals: [10], timeout: 40_000 })
    await expect(page.getByText('Every single reading')).toBeVisible()
    await picture(page, 'a minute')
    // Out again through a piece of time in which nothing was measured, and back.
    await page.goto(`${hypha.url}/graph?ch=1,2&from=${now - 5 * YEAR - 9 * HOUR}&to=${now - 5 * YEAR - 8 * HOUR}`)
    await expect(page.getByText('Nothing was measured in this piece of time.')).toBeVisible()
    await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
    await expect(async () => {
      for (let i = 0; i < 6; i++) await page.mouse.wheel(0, 100)
      await expect.poll(() => span(page), { intervals: [60], timeout: 400 }).toBeGreaterThan(30 * DAY)
    }).toPass({ intervals: [10], timeout: 20_000 })
    await expect(page.getByText('Nothing was measured in this piece of time.')).toHaveCount(0)
    await page.getByRole('button', { name: 'Back to now' }).click()
    await expect(page.getByText('Following now')).toBeVisible()
  })

  test('goes from ten years to a minute with the keyboard', async ({ signedIn: page, hypha }) => {
    await page.goto(`${hypha.url}/graph?ch=1&from=${now - 10 * YEAR}&to=${now}`)
    await drawn(page)
    await keys(page).press('End')
    await expect(page.getByText('Following now')).toBeVisible()
    await keys(page).focus()
    // Near its right end, where there is something, by the cursor.
    for (let i = 0; i < 49; i++) await page.keyboard.press('Shift+ArrowRight')
    for (let i = 0; i < 34; i++) await page.keyboard.press('+')
    await expect(page).toHaveURL(/from=|span=/)
    await expect.poll(() => span(page)).toBeLessThanOrEqual(MIN)
    const before = page.url()
    await page.keyboard.press('ArrowLeft')
    await expect(page).not.toHaveURL(before)
    await page.keyboard.press('0')
    await expect(page.getByText('Following now')).toBeVisible()
    await page.keyboard.press('Home')
    await expect.poll(() => Number(new URL(page.url()).searchParams.get('from'))).toBeLessThan(now - 9.9 * YEAR)
  })

  test('is panned by its time axis', async ({ signedIn: page, hypha }) => {
    await page.goto(`${hypha.url}/graph?ch=1&range=24h`)
    await drawn(page)
    const axis = (await page.locator('.u-axis.pans').last().boundingBox())!
    const [x, y] = [axis.x + axis.width / 2, axis.y + axis.height / 2]
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.mouse.move(x + axis.width / 2, y, { steps: 8 })
    await page.mouse.up()
    await expect.poll(() => Number(new URL(page.url()).searchParams.get('to'))).toBeLessThan(now - 10 * HOUR)
    await expect.poll(() => span(page)).toBeGreaterThan(DAY - MIN)
    await page.getByRole('button', { name: 'Back to now' }).click()
    await expect(page.getByText('Following now')).toBeVisible()
  })

  test('lays yesterday over today, with the difference', async ({ signedIn: page, hypha }) => {
    await page.goto(`${hypha.url}/graph?ch=1&range=6h`)
    await drawn(page)
    await page.getByRole('button', { name: 'Compare' }).click()
    await page.getByRole('button', { name: 'Yesterday' }).click()
    await page.keyboard.press('Escape')
    await expect(page).toHaveURL(/cmp=1d/)
    const legend = page.getByRole('definition').filter({ hasText: 'Yesterday' })
    await expect(legend).toContainText('+1.0')
    // Another run: this one began an hour ago, the other one eleven hours before that.
    const field = (t: number) => new Date(t).toISOString().slice(0, 19)
    await page.getByRole('button', { name: 'Compare' }).click()
    await page.getByLabel('This run began').fill(field(now - HOUR))
    await page.getByLabel('The other one began').fill(field(now - 13 * HOUR))
    await page.getByRole('button', { name: 'Compare', exact: true }).last().click()
    await expect(page).toHaveURL(/cmp=432\d{5}/)
    await expect(page.getByRole('definition').filter({ hasText: '12 h earlier' })).toContainText('+0.5')
    await picture(page, 'compare')
    await page.reload()
    await expect(page.getByRole('definition').filter({ hasText: '12 h earlier' })).toContainText('+0.5')
  })

  test('tells the statistics of what was dragged across', async ({ signedIn: page, hypha }) => {
    await page.goto(`${hypha.url}/graph?ch=1&range=24h`)
    await drawn(page)
    await page.getByRole('button', { name: 'Measure' }).click()
    const table = page.getByRole('region', { name: 'Statistics' })
    await expect(table).toContainText('Water')
    const box = (await plot(page).boundingBox())!
    await page.mouse.move(box.x + box.width * 0.25, box.y + 40)
    await page.mouse.down()
    await page.mouse.move(box.x + box.width * 0.75, box.y + 40, { steps: 6 })
    await page.mouse.up()
    await expect(page).toHaveURL(/sel=\d+-\d+/)
    const [from, to] = new URL(page.url()).searchParams.get('sel')!.split('-')
    expect(Number(to) - Number(from)).toBeGreaterThan(11 * HOUR)
    const answer = await hypha.call<{ items: { mean: number; count: number }[] }>('GET', `/readings/statistics?channel=1&from=${from}&to=${to}`)
    await expect(table.getByRole('row').nth(1)).toContainText(answer.items[0]!.mean.toFixed(1))
    await expect(table.getByRole('row').nth(1)).toContainText(String(answer.items[0]!.count))
    await expect(page.getByText('of the selection')).toBeVisible()
    await picture(page, 'statistics')
    await page.getByRole('button', { name: 'Whole view' }).click()
    await expect(page.getByText('of the view')).toBeVisible()
  })

  test('takes a note where it is clicked, shows it, changes it, and brings it back', async ({ signedIn: page, hypha }) => {
    await page.goto(`${hypha.url}/graph?ch=1&range=24h`)
    await drawn(page)
    await page.getByRole('button', { name: 'Add a note' }).click()
    const box = (await plot(page).boundingBox())!
    await page.mouse.click(box.x + box.width / 2, box.y + 60)
    await page.getByLabel('What happened').fill('Fed the fish')
    await page.getByRole('button', { name: 'Save' }).click()
    const mark = page.getByRole('button', { name: /^Fed the fish/ })
    await expect(mark).toBeVisible()
    const { items } = await hypha.call<{ items: { t: string; refs: string[] }[] }>('GET', '/notes')
    expect(Math.abs(Date.parse(items[0]!.t) - (now - 12 * HOUR))).toBeLessThan(10 * MIN)
    expect(items[0]!.refs).toEqual(['channel/1'])
    await mark.click()
    const card = page.getByRole('dialog', { name: 'What happened' })
    await card.getByRole('button', { name: 'Edit' }).click()
    await page.getByLabel('What happened').fill('Fed the shrimps')
    await page.getByRole('button', { name: 'Save' }).click()
    await page.getByRole('button', { name: /^Fed the shrimps/ }).hover()
    await picture(page, 'note')
    await card.getByRole('button', { name: 'Delete' }).click()
    await expect(page.getByRole('button', { name: /^Fed the shrimps/ })).toHaveCount(0)
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect(page.getByRole('button', { name: /^Fed the shrimps/ })).toBeVisible()
  })

  test('is saved as a drawing, a picture and numbers', async ({ signedIn: page, hypha }) => {
    await page.goto(`${hypha.url}/graph?ch=1,2&from=${now - 30 * MIN}&to=${now - 10 * MIN}`)
    await drawn(page)
    const take = async (name: string) => {
      await page.getByRole('button', { name: 'Share' }).click()
      const [file] = await Promise.all([page.waitForEvent('download'), page.getByRole('menuitem', { name }).click()])
      return { name: file.suggestedFilename(), data: await readFile(await file.path()) }
    }
    const svg = await take('Drawing (SVG)')
    expect(svg.name).toMatch(/^tank-\d{4}-\d\d-\d\d-\d{4}\.svg$/)
    const document = svg.data.toString()
    expect(document).toMatch(/^<svg [^>]*viewBox/)
    expect(document).toContain('°C')
    expect(document.match(/<path [^>]*stroke="#/g)!.length).toBeGreaterThanOrEqual(2)
    const png = await take('Picture (PNG)')
    expect(png.data.subarray(1, 4).toString()).toBe('PNG')
    expect(png.data.readUInt32BE(16)).toBe(2400)
    const csv = await take('Readings (CSV)')
    const [heading, ...rows] = csv.data.toString().trim().split('\n')
    expect(heading).toBe('time,channel,name,unit,value')
    expect(rows).toHaveLength(2 * 20 * 60)
  })

  test('opens from its link just as it was', async ({ signedIn: page, hypha }) => {
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write'])
    await page.goto(`${hypha.url}/graph?ch=1,2&from=${now - 5 * HOUR}&to=${now - HOUR}`)
    await drawn(page)
    await page.getByRole('button', { name: 'acid' }).click()
    await page.getByRole('button', { name: 'Show', exact: true }).click()
    await page.getByRole('switch', { name: 'Night' }).click()
    await page.getByLabel('Lowest °C').fill('10')
    await page.getByLabel('Highest °C').fill('30')
    await page.getByLabel('Highest °C').press('Tab')
    await page.keyboard.press('Escape')
    await page.getByRole('button', { name: 'Share' }).click()
    await page.getByRole('menuitem', { name: 'Copy link' }).click()
    await expect(page.getByText('Link copied').first()).toBeVisible()
    const link = await page.evaluate(() => navigator.clipboard.readText())
    expect(new URL(link).origin).toBe(hypha.url)
    await page.goto('about:blank')
    await page.goto(link)
    await drawn(page)
    await expect(page.getByRole('button', { name: 'acid' })).toHaveAttribute('aria-pressed', 'false')
    expect(span(page)).toBe(4 * HOUR)
    await page.getByRole('button', { name: 'Show', exact: true }).click()
    await expect(page.getByRole('switch', { name: 'Night' })).not.toBeChecked()
    await expect(page.getByLabel('Highest °C')).toHaveValue('30')
  })

  test('draws other channels, found by their words', async ({ signedIn: page, hypha }) => {
    await page.goto(`${hypha.url}/graph?ch=1`)
    await drawn(page)
    await page.getByRole('button', { name: 'Channels' }).click()
    await page.getByRole('searchbox', { name: 'Search a channel' }).fill('tank acid')
    await page.getByRole('checkbox', { name: /Acid, Tank/i }).check()
    await page.getByRole('button', { name: 'Done' }).click()
    await expect(page).toHaveURL(/ch=1(,|%2C)2/)
    await expect(page.getByRole('button', { name: 'acid' })).toBeVisible()
  })
})

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 }, hasTouch: true })
  test('two fingers zoom, one reads', async ({ signedIn: page, hypha }) => {
    const now = await seed(hypha)
    await page.goto(`${hypha.url}/graph?ch=1&range=24h`)
    await drawn(page)
    await plot(page).scrollIntoViewIfNeeded()
    const box = (await plot(page).boundingBox())!
    const [x, y] = [box.x + box.width / 2, box.y + box.height / 2]
    const client = await page.context().newCDPSession(page)
    const touch = (type: 'touchStart' | 'touchMove' | 'touchEnd', ...at: number[]) =>
      client.send('Input.dispatchTouchEvent', { type, touchPoints: at.map((left, id) => ({ x: left, y, id })) })
    await touch('touchStart', x)
    await touch('touchMove', x + 30)
    await expect(page.getByText('At the cursor')).toBeVisible()
    await touch('touchEnd')
    await touch('touchStart', x - 20, x + 20)
    for (let i = 1; i <= 10; i++) await touch('touchMove', x - 20 - i * 8, x + 20 + i * 8)
    await touch('touchEnd')
    await expect.poll(() => span(page)).toBeLessThan(8 * HOUR)
    await expect.poll(() => span(page)).toBeGreaterThan(HOUR)
    const middle = (Number(new URL(page.url()).searchParams.get('from')) + Number(new URL(page.url()).searchParams.get('to'))) / 2
    expect(Math.abs(middle - (now - 12 * HOUR))).toBeLessThan(HOUR)
    await picture(page, 'pinched')
  })
})
