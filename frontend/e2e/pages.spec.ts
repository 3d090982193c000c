import AxeBuilder from '@axe-core/playwright'
import type { Page } from '@playwright/test'
import { expect, picture, test } from './harness/test'
import { Hypha } from './harness/hypha'

/** Every page that a signed-in person can open, in the demo. */
const pages = [
  '/',
  '/dashboard',
  '/graph?ch=1,2',
  '/inputs',
  '/inputs/1',
  '/inputs/1/settings',
  '/inputs/1/events',
  '/inputs/new',
  '/inputs/new/mqtt_subscribe',
  '/outputs',
  '/outputs/new',
  '/outputs/1',
  '/outputs/1/settings',
  '/functions',
  '/functions/new',
  '/functions/new/pid',
  '/functions/1',
  '/functions/1/settings',
  '/functions/1/events',
  '/functions/2',
  '/functions/4',
  '/functions/6',
  '/functions/7',
  '/functions/7/settings',
  '/zones',
  '/zones/1',
  '/zones/1/settings',
  '/alerts',
  '/alerts/new',
  '/alerts/new/threshold',
  '/alerts/routes',
  '/alerts/routes/new',
  '/alerts/routes/new/email',
  '/alerts/sent',
  '/alerts/settings',
  '/events',
  '/system',
  '/system/tokens',
  '/system/users',
  '/system/units',
  '/system/account',
  '/system/about',
  '/setup/found',
  '/more',
]

const demoTest = test.extend<{ demo: Hypha }>({
  demo: async ({ page }, use) => {
    const demo = await Hypha.start('--demo')
    await demo.setUp()
    await page.context().addCookies([demo.session()])
    await use(demo)
    await demo.stop()
  },
})

/** The page has drawn what it is about: its heading is there, and nothing is still loading. */
async function drawn(page: Page) {
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await expect(page.locator('[aria-busy="true"]')).toHaveCount(0)
}

async function complaints(page: Page) {
  const { violations } = await new AxeBuilder({ page }).withTags(['wcag2a', 'wcag2aa', 'wcag21aa']).analyze()
  return violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.target.join(' ')).join(' | ')}`)
}

for (const [form, viewport] of [
  ['desktop', { width: 1440, height: 900 }],
  ['phone', { width: 390, height: 844 }],
] as const) {
  for (const scheme of ['light', 'dark'] as const) {
    demoTest(`axe finds nothing on any page: ${form}, ${scheme}`, async ({ page, demo }) => {
      demoTest.setTimeout(360_000)
      await page.setViewportSize(viewport)
      await page.emulateMedia({ colorScheme: scheme, reducedMotion: 'reduce' })
      const found: Record<string, string[]> = {}
      for (const path of pages) {
        await page.goto(demo.url + path)
        await drawn(page)
        const list = await complaints(page)
        if (list.length) found[path] = list
        await picture(page, path.slice(1).replaceAll(/\W+/g, '-') || 'overview')
      }
      expect(found).toEqual({})
    })
  }
}

demoTest('no page scrolls sideways on the narrowest phone', async ({ page, demo }) => {
  demoTest.setTimeout(180_000)
  await page.setViewportSize({ width: 360, height: 780 })
  const wide: Record<string, number> = {}
  for (const path of pages) {
    await page.goto(demo.url + path)
    await drawn(page)
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
    if (over > 0) wide[path] = over
  }
  expect(wide).toEqual({})
})

demoTest('the graph draws what the demo measures, live', async ({ page, demo }) => {
  await page.goto(`${demo.url}/graph?ch=1,2`)
  await drawn(page)
  await expect(page.locator('canvas').first()).toBeVisible()
  // Something of the series' colour is on the canvas.
  await expect
    .poll(() =>
      page.evaluate(() => {
        const canvas = document.querySelector('canvas')
        const pixels = canvas?.getContext('2d')?.getImageData(0, 0, canvas.width, canvas.height).data ?? []
        const colours = new Set<string>()
        for (let i = 0; i < pixels.length; i += 4) if (pixels[i + 3]! > 200) colours.add(`${pixels[i]},${pixels[i + 1]},${pixels[i + 2]}`)
        return colours.size
      }),
    )
    .toBeGreaterThan(5)
  await expect(page.getByRole('main')).toContainText('°C')
  await picture(page, 'graph')
})

demoTest('the dashboard shows live values', async ({ page, demo }) => {
  await page.goto(`${demo.url}/dashboard`)
  await drawn(page)
  await expect(page.getByRole('main')).toContainText('°C')
  await expect(page.getByRole('main')).toContainText('ppm')
})
