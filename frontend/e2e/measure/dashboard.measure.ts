import { writeFile } from 'node:fs/promises'
import { expect, test } from '@playwright/test'
import { Hypha } from '../harness/hypha'

/** A dashboard of 40 widgets with 200 channels at 1 Hz: what it costs the page's main thread. OUT=file.json keeps the figures. */
const CHANNELS = 200
const SECONDS = Number(process.env.FOR_S ?? 60)
const SETTLE_MS = 15_000

interface Widget {
  id: string
  kind: string
  options: Record<string, unknown>
  desktop: { x: number; y: number; w: number; h: number }
}

function widgets(): Widget[] {
  const all: Widget[] = []
  let next = 1
  const take = (n: number) => Array.from({ length: n }, () => next++)
  const add = (kind: string, n: number, w: number, h: number, options: () => Record<string, unknown>) => {
    const row = Math.max(0, ...all.map(({ desktop }) => desktop.y + desktop.h))
    const across = Math.floor(12 / w)
    for (let i = 0; i < n; i++) all.push({ id: `${kind}${i}`, kind, options: options(), desktop: { x: (i % across) * w, y: row + Math.floor(i / across) * h, w, h } })
  }
  add('value', 16, 3, 2, () => ({ channel: take(1)[0], trail: true }))
  add('values', 10, 3, 4, () => ({ channels: take(14), trail: true }))
  add('gauge', 6, 2, 3, () => ({ channel: take(1)[0] }))
  add('linear', 4, 3, 2, () => ({ channel: take(1)[0] }))
  add('graph', 4, 6, 4, () => ({ channels: take(8), range: '1h' }))
  return all
}

test('40 widgets, 200 channels at 1 Hz', async ({ page }) => {
  const hypha = await Hypha.start()
  await hypha.setUp()
  await page.context().addCookies([hypha.session()])
  for (let i = 1; i <= CHANNELS; i++) {
    const options = { quantity: 'temperature', unit: 'C', waveform: 'noise', offset: 20 + (i % 10), amplitude: 2 }
    await hypha.call('POST', '/inputs', { name: `Sensor ${i}`, kind: 'simulated_sensor', period_s: 1, options })
  }
  await hypha.call('POST', '/dashboards', { name: 'All of it', shared: true, layout: { widgets: widgets() } })
  await page.goto(`${hypha.url}/dashboard/1`)
  await expect(page.locator('[data-tile]')).toHaveCount(40)
  await page.waitForTimeout(SETTLE_MS)

  const cdp = await page.context().newCDPSession(page)
  await cdp.send('Performance.enable', { timeDomain: 'threadTicks' })
  await page.evaluate(() => {
    const tasks: number[] = []
    Object.assign(window, { longTasks: tasks })
    new PerformanceObserver((list) => tasks.push(...list.getEntries().map((entry) => entry.duration))).observe({ type: 'longtask' })
  })
  const figures = async () => new Map((await cdp.send('Performance.getMetrics')).metrics.map(({ name, value }) => [name, value]))
  const heap = async () => {
    await cdp.send('HeapProfiler.collectGarbage')
    return (await figures()).get('JSHeapUsedSize')!
  }
  const [heapBefore, before] = [await heap(), await figures()]
  await page.waitForTimeout(SECONDS * 1000)
  const [after, heapAfter] = [await figures(), await heap()]
  const spent = (name: string) => after.get(name)! - before.get(name)!
  const share = (name: string) => Math.round((spent(name) / SECONDS) * 1000) / 10
  const tasks = await page.evaluate(() => (window as unknown as { longTasks: number[] }).longTasks)
  const report = {
    seconds: SECONDS,
    main_thread_percent: share('TaskDuration'),
    script_percent: share('ScriptDuration'),
    layout_percent: share('LayoutDuration'),
    style_percent: share('RecalcStyleDuration'),
    long_tasks: tasks.length,
    longest_ms: Math.round(Math.max(0, ...tasks)),
    heap_mb: [heapBefore, heapAfter].map((bytes) => Math.round(bytes / 1e5) / 10),
  }
  console.log(JSON.stringify(report))
  if (process.env.OUT) await writeFile(process.env.OUT, JSON.stringify(report, null, 2))
  await hypha.stop()
})
