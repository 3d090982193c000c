import { mkdir } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { test, type Page } from '@playwright/test'
import { Hypha } from '../harness/hypha'
import { pages } from '../pages'

/** ONLY=/graph,/alerts takes the pages whose addresses begin so; OUT=folder puts them elsewhere. */
const only = process.env.ONLY?.split(',')
const out = process.env.OUT ?? fileURLToPath(new URL('../../../docs/screenshots/', import.meta.url))
const wanted = only ? pages.filter((path) => only.some((start) => path === start || (start !== '/' && path.startsWith(start)))) : pages

let demo: Hypha
test.beforeAll(async () => {
  await mkdir(out, { recursive: true })
  demo = await Hypha.start('--demo')
  await demo.setUp()
})
test.afterAll(() => demo.stop())

async function drawn(page: Page) {
  await page.getByRole('heading', { level: 1 }).waitFor()
  await page.waitForFunction(() => !document.querySelector('[aria-busy="true"]:not([inert] *)'))
  await page.evaluate(() => document.fonts.ready)
  await page.waitForTimeout(700) // live values and curves have come
}

for (const [form, viewport] of [
  ['desktop', { width: 1440, height: 900 }],
  ['phone', { width: 390, height: 844 }],
] as const) {
  for (const scheme of ['light', 'dark'] as const) {
    test(`${form}, ${scheme}`, async ({ page }) => {
      await page.context().addCookies([demo.session()])
      await page.setViewportSize(viewport)
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
      for (const path of wanted) {
        await page.goto(demo.url + path)
        await drawn(page)
        const name = path.slice(1).replaceAll(/\W+/g, '-') || 'overview'
        await page.screenshot({ path: `${out}/${name}-${form}-${scheme}.png` })
      }
    })
  }
}
