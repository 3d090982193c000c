import AxeBuilder from '@axe-core/playwright'
import type { Locator, Page } from '@playwright/test'
import { expect, picture, test as base } from './harness/test'
import { Hypha } from './harness/hypha'

/** Every kind of widget on dashboards of the demo: made through the API, looked at and operated in the browser. */
const test = base.extend<{ demo: Hypha }>({
  demo: async ({ page }, use) => {
    const demo = await Hypha.start('--demo')
    await demo.setUp()
    await page.context().addCookies([demo.session()])
    await use(demo)
    await demo.stop()
  },
})

type Tile = [kind: string, options: Record<string, unknown>, w: number, h: number]
interface Place {
  x: number
  y: number
  w: number
  h: number
}
const clash = (a: Place, b: Place) => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h

/** Places tiles from the top, each in the first gap. */
function layout(tiles: Tile[]) {
  const placed: Place[] = []
  return {
    widgets: tiles.map(([kind, options, w, h], i) => {
      let place: Place = { x: 0, y: 0, w, h }
      for (let n = 0; placed.some((other) => clash(other, place)); n++) place = { x: n % (13 - w), y: Math.floor(n / (13 - w)), w, h }
      placed.push(place)
      return { id: `w${i}`, kind, options, desktop: place }
    }),
  }
}

async function make(demo: Hypha, name: string, tiles: Tile[]): Promise<number> {
  const { id } = await demo.call<{ id: number }>('POST', '/dashboards', { name, shared: true, layout: layout(tiles) })
  return id
}
const open = async (page: Page, demo: Hypha, id: number) => {
  await page.goto(`${demo.url}/dashboard/${id}`)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
}
const tile = (page: Page, kind: string, nth = 0): Locator => page.locator(`[data-widget="${kind}"]`).nth(nth)

const heater = { output: 1, channel: 0 }
const fan = { output: 3, channel: 0 }
/** Each kind with what its tile must say once the demo lives: channel 1 is the tent's temperature, 2 its humidity, 10 the air pressure. */
const all: [Tile, RegExp][] = [
  [['value', { channel: 1 }, 3, 2], /Temperature.*Tent climate.*\d\d\.\d.*°C/s],
  [['values', { channels: [1, 2, 3] }, 3, 3], /Temperature.*°C.*Humidity.*%.*CO₂.*ppm/s],
  [['gauge', { channel: 2 }, 2, 3], /\d\d\.\d.*60 – 75/s],
  [['linear', { channel: 1 }, 3, 2], /\d\d\.\d.*°C/s],
  [['table', { channels: [1, 2], range: '24h' }, 5, 3], /Last 24 hours.*Least.*Mean.*Greatest.*Temperature.*°C.*\d\d\.\d/s],
  [['weather', { temperature: 8, humidity: 9, pressure: 10, wind: 12 }, 4, 3], /°C.*hPa in 3 h.*Humidity.*Air pressure.*hPa.*Wind.*m\/s/s],
  [['graph', { channels: [1, 2], outputs: [1], range: '24h' }, 6, 5], /Temperature, Humidity, 24 h.*°C.*%.*Heater/s],
  [['heatmap', { channel: 1, days: 7 }, 5, 3], /Temperature by hour, 7 days.*°C to .*°C/s],
  [['histogram', { channel: 1, range: '7d' }, 4, 3], /in band.*7 d.*°C/s],
  [['bars', { channel: 1, each: 'day', bar: 'mean' }, 3, 3], /Temperature a day.*°C/s],
  [['lanes', { outputs: [1, 4], range: '24h' }, 6, 3], /Outputs, 24 h.*Heater.*(On|Off).*Lamp.*(On|Off)/s],
  [['output', { target: heater }, 3, 2], /Heater.*(On|Off)/s],
  [['setpoint', { function: 1 }, 3, 2], /Set-point, Tent heating.*\d\d\.\d.*°C/s],
  [['pid', { function: 1 }, 4, 5], /Tent heating.*Set-point.*Now.*What makes the output.*P.*I.*D.*Automatic/s],
  [['function', { function: 2 }, 3, 3], /Tent humidity.*Running.*%/s],
  [['zone', { zone: 1 }, 4, 5], /Grow tent.*Temperature.*Humidity.*Heater/s],
  [['status', {}, 4, 4], /Tent climate.*Running/s],
  [['indicator', { watch: 'channel', channel: 1, threshold: 5 }, 2, 1], /Temperature.*On.*°C/s],
  [['alerts', { alerts: 'all' }, 4, 3], /The tent is too warm.*Well/s],
  [['events', {}, 4, 4], /Events.*\d\d:\d\d/s],
  [['countdown', { until: 'time', time: '2090-01-01 12:00', label: 'Harvest' }, 3, 2], /Harvest.*\d+ d.*until/s],
  [['tank', { shape: 'pot', level: 4, temperature: 5 }, 2, 3], /Moisture.*\d+ %.*°C/s],
  [['plan', { pins: [{ channel: 1, x: 30, y: 40 }] }, 4, 3], /Grow tent.*Temperature.*°C/s],
  [['note', {}, 3, 3], /Notes/s],
  [['text', { text: '## Feed\n\n- EC **1.4**' }, 3, 2], /Feed.*EC 1\.4/s],
  [['spacer', { heading: 'Outside' }, 12, 1], /Outside/s],
  [['frame', { url: 'https://grafana.example/d/1' }, 4, 3], /Pages of grafana\.example are not allowed yet/s],
]

test('every kind of widget shows the demo, in both themes and on a phone', async ({ page, demo }) => {
  test.setTimeout(180_000)
  const { id: method } = await demo.call<{ id: number }>('POST', '/methods', { name: 'Day and night', definition: { kind: 'daily', points: [{ at: '00:00', value: 20 }, { at: '07:00', value: 24.5 }, { at: '22:00', value: 20 }] } })
  const tiles: [Tile, RegExp][] = [...all, [['method', { method, channel: 1 }, 4, 3], /Day plan.*°C.*Now.*°C/s]]
  const id = await make(demo, 'All of them', tiles.map(([one]) => one))
  await open(page, demo, id)
  for (const [[kind], says] of tiles) await expect(tile(page, kind), kind).toContainText(says)
  await expect(tile(page, 'graph').locator('canvas').first()).toBeVisible()

  // Live: the temperature goes on without anybody doing anything.
  const before = await tile(page, 'pid').innerText()
  await expect.poll(() => tile(page, 'pid').innerText(), { timeout: 20_000 }).not.toBe(before)

  for (const scheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
    const { violations } = await new AxeBuilder({ page }).include('main').withTags(['wcag2a', 'wcag2aa', 'wcag21aa']).analyze()
    expect(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(' | ')}`), scheme).toEqual([])
    await test.info().attach(scheme, { body: await page.screenshot({ fullPage: true }), contentType: 'image/png' })
  }
  await page.setViewportSize({ width: 390, height: 844 })
  for (const [[kind], says] of tiles) await expect(tile(page, kind), kind).toContainText(says)
  expect(await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)).toBeLessThanOrEqual(0)
  await test.info().attach('phone', { body: await page.screenshot({ fullPage: true }), contentType: 'image/png' })
})

test('a tile whose channel is gone says so, and one that nobody has set up too', async ({ page, demo }) => {
  const id = await make(demo, 'Lost', [['value', { channel: 9999 }, 3, 2], ['gauge', {}, 2, 3], ['output', { target: { output: 99, channel: 0 } }, 3, 2], ['pid', { function: 2 }, 3, 3], ['nonsense', {}, 3, 2]])
  await open(page, demo, id)
  await expect(tile(page, 'value')).toContainText('is gone')
  await expect(tile(page, 'gauge')).toContainText('Not set up yet')
  await expect(tile(page, 'output')).toContainText('is gone')
  await expect(tile(page, 'pid')).toContainText('is no PID')
  await expect(tile(page, 'nonsense')).toBeVisible()
})

test('outputs, set-points and functions are operated from their tiles', async ({ page, demo }) => {
  await demo.call('PATCH', '/functions/1', { options: { method: 0, setpoint: 24 } })
  const id = await make(demo, 'Hands', [['output', { target: { output: 4, channel: 0 }, timed: false }, 2, 2], ['output', { target: fan }, 4, 2], ['setpoint', { function: 1, step: 0.5 }, 3, 2], ['function', { function: 2 }, 3, 3], ['indicator', { watch: 'output', target: { output: 4, channel: 0 } }, 2, 1]])
  await open(page, demo, id)
  const lamp = tile(page, 'output').getByRole('switch')
  const on = await lamp.isChecked()
  await lamp.click()
  await expect.poll(() => demo.call('GET', '/outputs/4/channels/0')).toMatchObject({ on: !on })
  await expect(tile(page, 'indicator')).toContainText(on ? 'Off' : 'On')

  await tile(page, 'output', 1).getByRole('slider').press('End')
  await expect.poll(() => demo.call('GET', '/outputs/3/channels/0')).toMatchObject({ duty: 100 })
  await expect(tile(page, 'output', 1)).toContainText('100 %')

  // Three presses are one change.
  const more = tile(page, 'setpoint').getByRole('button', { name: 'More by 0.5' })
  for (let i = 0; i < 3; i++) await more.click()
  await expect(tile(page, 'setpoint')).toContainText('25.5')
  await expect.poll(() => demo.call('GET', '/functions/1')).toMatchObject({ options: { setpoint: 25.5 } })

  await tile(page, 'function').getByRole('switch').click()
  await expect.poll(() => demo.call('GET', '/functions/2')).toMatchObject({ enabled: false })
  await expect(tile(page, 'function')).toContainText('Off')
})

test('a note is written, and an alert acknowledged, from their tiles', async ({ page, demo }) => {
  await demo.call('POST', '/alerts', { name: 'Always too warm', kind: 'threshold', severity: 'warning', options: { channel: 1, above: -50 } })
  const id = await make(demo, 'Words', [['note', { tag: 'feed' }, 4, 3], ['alerts', { alerts: 'complaining' }, 5, 3]])
  await open(page, demo, id)
  await tile(page, 'note').getByRole('textbox', { name: 'Write a note' }).fill('Next feed EC 1.4')
  await tile(page, 'note').getByRole('button', { name: 'Add the note' }).click()
  await expect(tile(page, 'note').getByRole('listitem')).toContainText('Next feed EC 1.4')
  await expect.poll(() => demo.call('GET', '/notes?tag=feed')).toMatchObject({ total: 1, items: [{ tags: ['feed'] }] })

  await expect(tile(page, 'alerts')).toContainText('Always too warm', { timeout: 30_000 })
  await tile(page, 'alerts').getByRole('button', { name: 'Acknowledge Always too warm' }).click()
  await expect.poll(async () => JSON.stringify(await demo.call('GET', '/alerts'))).toContain('"acknowledged":true')
})

test('a text is Markdown and never HTML; its links lead only where links may', async ({ page, demo }) => {
  const text = '<img src=x onerror="document.title=\'broken\'"> [inputs](/inputs) [evil](javascript:document.title=1)'
  await open(page, demo, await make(demo, 'Text', [['text', { text }, 6, 3]]))
  await expect(tile(page, 'text')).toContainText('<img src=x')
  await expect(tile(page, 'text').getByRole('link')).toHaveCount(1)
  await expect(tile(page, 'text').locator('img')).toHaveCount(0)
  await picture(page, 'text')
})

test('a page of another server is shown once an administrator has listed it', async ({ page, demo, source }) => {
  const { origin } = new URL(source.url)
  await open(page, demo, await make(demo, 'Frames', [['frame', { url: source.url }, 6, 4]]))
  const frame = tile(page, 'frame')
  await frame.getByRole('button', { name: /^Allow 127\.0\.0\.1/ }).click()
  await expect.poll(() => demo.call('GET', '/frame-hosts')).toEqual({ hosts: [origin] })
  await page.reload()
  await expect(frame.locator('iframe')).toHaveAttribute('sandbox', /allow-scripts/)
  await expect(frame.frameLocator('iframe').locator('body')).toContainText('21.5')
})

test('each kind is put on from the palette, fills itself, is set up, and stays', async ({ page, demo }) => {
  test.setTimeout(180_000)
  const id = await make(demo, 'From the palette', [['spacer', {}, 12, 1]])
  await open(page, demo, id)
  await page.getByRole('button', { name: 'Edit', exact: true }).click()
  const offered = page.locator('.palette-item')
  const kinds = await offered.evaluateAll((items) => items.map((item) => (item as HTMLElement).dataset.kind ?? ''))
  expect(kinds.length).toBeGreaterThan(25)
  for (const kind of kinds) {
    await page.locator(`.palette-item[data-kind="${kind}"] button`).click()
    await expect(tile(page, kind).first(), kind).toBeVisible()
  }
  // What exists is shown at once: only what nobody can guess waits for its settings.
  await expect(page.getByText('Not set up yet')).toHaveCount(1)
  await expect(tile(page, 'frame')).toContainText('Not set up yet')

  // The gauge gets ends and colours of its own; the tile follows.
  const gauge = tile(page, 'gauge')
  await gauge.locator('.tile-handle').click()
  await gauge.getByRole('button', { name: /^Settings of/ }).click()
  await page.getByLabel('Scale from').fill('10')
  await page.getByLabel('Scale to').fill('90')
  await expect(gauge.getByRole('img')).toHaveAttribute('aria-label', /on a scale of 10 to 90/)
  await page.getByRole('button', { name: 'Close the settings' }).click()

  await page.getByRole('button', { name: 'Done' }).click()
  await expect(page.getByRole('button', { name: 'Edit', exact: true })).toBeVisible()
  const saved = await demo.call<{ layout: { widgets: { kind: string; options: object }[] } }>('GET', `/dashboards/${id}`)
  expect(saved.layout.widgets.find((widget) => widget.kind === 'gauge')?.options).toMatchObject({ min: 10, max: 90 })
  await page.reload()
  for (const kind of kinds) await expect(tile(page, kind).first(), kind).toBeVisible()
})

/** The smallest of pictures: one pixel of PNG. */
const PIXEL = Buffer.from('iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==', 'base64')

test('a picture gets values, which are dragged and moved by key to their place', async ({ page, demo }) => {
  const id = await make(demo, 'Plan', [['plan', { pins: [{ channel: 1, x: 50, y: 50 }, { channel: 2, x: 50, y: 80 }] }, 5, 5]])
  await open(page, demo, id)
  await page.getByRole('button', { name: 'Edit', exact: true }).click()
  const plan = tile(page, 'plan')
  await plan.locator('.tile-handle').click()
  await plan.locator('input[type="file"]').setInputFiles({ name: 'tent.png', mimeType: 'image/png', buffer: PIXEL })
  await expect(plan.getByRole('img', { name: 'The picture under the values' })).toBeVisible()

  const pin = plan.getByRole('button', { name: /^Value 1/ })
  const box = (await pin.boundingBox())!
  await page.mouse.move(box.x + box.width / 2, box.y + box.height / 2)
  await page.mouse.down()
  await page.mouse.move(box.x + box.width / 2 - 80, box.y + box.height / 2 - 60, { steps: 6 })
  await page.mouse.up()
  await plan.getByRole('button', { name: /^Value 2/ }).press('ArrowUp')
  await page.getByRole('button', { name: 'Done' }).click()
  await expect(page.getByRole('button', { name: 'Edit', exact: true })).toBeVisible()
  const [widget] = (await demo.call<{ layout: { widgets: { options: { picture: string; pins: { x: number; y: number }[] } }[] } }>('GET', `/dashboards/${id}`)).layout.widgets
  expect(widget!.options.picture).toMatch(/^[\w-]+$/)
  expect(widget!.options.pins[0]!.x).toBeLessThan(45)
  expect(widget!.options.pins[0]!.y).toBeLessThan(45)
  expect(widget!.options.pins[1]).toMatchObject({ x: 50, y: 79 })
  await picture(page, 'plan')
})

test('a camera shows its newest picture, its stream and what it has kept', async ({ page, demo }) => {
  const { id: camera } = await demo.call<{ id: number }>('POST', '/cameras', { name: 'Canopy', kind: 'simulated_camera', timelapse: { interval_s: 5 } })
  await expect.poll(async () => (await demo.call<{ total: number }>('GET', `/cameras/${camera}/stills`)).total, { timeout: 40_000 }).toBeGreaterThan(1)
  const id = await make(demo, 'Eyes', [['camera', { camera, picture: 'still', every_s: 5 }, 4, 4], ['camera', { camera, picture: 'live' }, 4, 4], ['timelapse', { camera, range: '1h' }, 4, 4], ['camera', { camera: 999 }, 3, 2]])
  await open(page, demo, id)
  const drawn = (image: Locator) => image.evaluate((element: HTMLImageElement) => element.naturalWidth)
  const still = tile(page, 'camera').getByRole('img', { name: 'Canopy' })
  await expect.poll(() => drawn(still)).toBe(640)
  await expect(tile(page, 'camera')).toContainText('every 5 s')
  const first = await still.getAttribute('src')
  await expect.poll(() => still.getAttribute('src'), { timeout: 20_000 }).not.toBe(first)
  await expect.poll(() => drawn(tile(page, 'camera', 1).getByRole('img', { name: 'Canopy' }))).toBe(640)
  await expect(tile(page, 'camera', 1)).toContainText('Live')
  await expect(tile(page, 'camera', 2)).toContainText('is gone')

  const timelapse = tile(page, 'timelapse')
  await expect.poll(() => drawn(timelapse.getByRole('img'))).toBe(640)
  const newest = await timelapse.getByRole('img').getAttribute('src')
  await timelapse.getByRole('slider').press('Home')
  await expect.poll(() => timelapse.getByRole('img').getAttribute('src')).not.toBe(newest)
  await timelapse.getByRole('button', { name: 'Play' }).click()
  await expect(timelapse.getByRole('button', { name: 'Pause' })).toBeVisible()
  await expect.poll(() => timelapse.getByRole('img').getAttribute('src')).toBe(newest)
  await picture(page, 'cameras')
  // A camera that is switched off asks for nothing, and says why.
  await demo.call('POST', `/cameras/${camera}/disable`)
  await page.reload()
  await expect(tile(page, 'camera')).toContainText('switched off')
})
