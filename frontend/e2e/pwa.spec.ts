import type { BrowserContext, Page } from '@playwright/test'
import type { Hypha } from './harness/hypha'
import { expect, picture, test } from './harness/test'

test.use({ serviceWorkers: 'allow' })

/** The page is held by this version's service worker, which has the shell. */
async function installed(page: Page) {
  await page.evaluate(async () => {
    const { active } = await navigator.serviceWorker.ready
    if (active?.state !== 'activated') await new Promise((done) => active?.addEventListener('statechange', () => active.state === 'activated' && done(null)))
  })
  await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller !== null)).toBe(true)
}

async function canopy(hypha: Hypha) {
  await hypha.call('POST', '/inputs', { name: 'Canopy', kind: 'simulated_sensor', period_s: 1, options: { quantity: 'temperature', unit: 'C', waveform: 'constant', offset: 24 } })
}

test('it can be installed: manifest, icons, shortcuts, a page of its own scope', async ({ signedIn: page, hypha }) => {
  await page.goto(hypha.url)
  const manifest = await page.evaluate(async () => {
    const link = document.querySelector<HTMLLinkElement>('link[rel="manifest"]')
    return (await fetch(link?.href ?? '')).json() as Promise<{ name: string; start_url: string; display: string; icons: { src: string; sizes: string; type: string; purpose?: string }[]; shortcuts: { url: string }[] }>
  })
  expect(manifest).toMatchObject({ name: 'Hypha', start_url: '/', display: 'standalone' })
  for (const sizes of ['192x192', '512x512']) expect(manifest.icons.some((icon) => icon.sizes === sizes && icon.type === 'image/png')).toBe(true)
  expect(manifest.icons.some((icon) => icon.purpose === 'maskable' && icon.type === 'image/png')).toBe(true)
  for (const icon of manifest.icons.filter((one) => one.type === 'image/png')) {
    const size = await page.evaluate(async (src) => {
      const image = new Image()
      image.src = src
      await image.decode()
      return `${image.naturalWidth}x${image.naturalHeight}`
    }, icon.src)
    expect(size).toBe(icon.sizes)
  }
  for (const { url } of manifest.shortcuts) expect((await page.request.get(hypha.url + url)).ok()).toBe(true)
})

test('without the server the pages open with what was last known, and catch up when it is back', async ({ signedIn: page, hypha }) => {
  await canopy(hypha)
  await page.goto(hypha.url)
  await installed(page)
  await page.goto(`${hypha.url}/inputs`) // now under the worker, which keeps what it sees
  await expect(page.getByRole('main')).toContainText('Canopy')
  await page.goto(hypha.url)
  await expect(page.getByRole('main')).toContainText('24.0')
  await hypha.end()
  await page.reload()
  await expect(page.getByRole('alert').filter({ hasText: 'Connection lost, values from' })).toBeVisible()
  await expect(page.getByRole('main')).toContainText('24.0')
  await expect(page.locator('[data-offline]')).toBeVisible()
  await picture(page, 'offline')
  // A deed fails clearly: it waits for nobody.
  await page.getByRole('button', { name: 'Stop', exact: true }).click()
  await expect(page.getByText('Could not stop').first()).toBeVisible()
  await hypha.start()
  await expect(page.getByText('Connection lost')).toBeHidden({ timeout: 40_000 })
  await expect(page.locator('[data-offline]')).toHaveCount(0)
})

test('who signs out leaves nothing behind', async ({ signedIn: page, hypha }) => {
  await page.goto(hypha.url)
  await installed(page)
  await page.goto(`${hypha.url}/system/account`)
  await expect.poll(() => page.evaluate(async () => (await (await caches.open('hypha-data')).keys()).length)).toBeGreaterThan(2)
  await page.getByRole('button', { name: 'Sign out', exact: true }).click()
  await expect(page).toHaveURL(/login/)
  const paths = await page.evaluate(async () => (await (await caches.open('hypha-data')).keys()).map(({ url }) => new URL(url).pathname))
  expect(paths.filter((path) => path !== '/api/v1/setup')).toEqual([])
})

/** What a push service would deliver, straight into the worker. */
async function deliver(context: BrowserContext, page: Page, data: string) {
  const session = await context.newCDPSession(page)
  const registered = new Promise<string>((resolve) => {
    session.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => registrations[0] && resolve(registrations[0].registrationId))
  })
  await session.send('ServiceWorker.enable')
  await session.send('ServiceWorker.deliverPushMessage', { origin: new URL(page.url()).origin, registrationId: await registered, data })
}

test('a push shows a notification, and touching it opens what it is about', async ({ signedIn: page, hypha, context }) => {
  await context.grantPermissions(['notifications'])
  await hypha.call('POST', '/alerts', { name: 'Hot', kind: 'silence', options: {} }).catch(() => undefined)
  await page.goto(hypha.url)
  await installed(page)
  await deliver(context, page, JSON.stringify({ title: 'Canopy is hot', body: '31.2 °C', severity: 'critical', link: '/alerts/rules' }))
  const shown = () =>
    page.evaluate(async () => {
      const found = await (await navigator.serviceWorker.ready).getNotifications()
      return found.map(({ title, body, requireInteraction }) => ({ title, body, requireInteraction }))
    })
  await expect.poll(shown).toEqual([{ title: 'Canopy is hot', body: '31.2 °C', requireInteraction: true }])
  const [worker] = context.serviceWorkers()
  await worker!.evaluate(async () => {
    const scope = self as unknown as { registration: ServiceWorkerRegistration; dispatchEvent: (event: Event) => boolean }
    const [notification] = await scope.registration.getNotifications()
    const Touched = (self as unknown as { NotificationEvent: new (type: string, init: { notification?: Notification }) => Event }).NotificationEvent
    scope.dispatchEvent(new Touched('notificationclick', { notification }))
  })
  await expect.poll(shown).toEqual([])
})

test('another version waits until its person wants it', async ({ signedIn: page, hypha }) => {
  await page.goto(hypha.url)
  await installed(page)
  // The same program with one byte more in its worker is another version to the browser.
  await page.evaluate(() => navigator.serviceWorker.register('/service-worker.js?another'))
  await expect(page.getByText('Hypha has been updated').first()).toBeVisible()
  await page.getByRole('button', { name: 'Load anew' }).click()
  // It has come into force: this page is its own (and, registering the usual address, learns of a third one).
  await expect.poll(() => page.evaluate(() => navigator.serviceWorker.controller?.scriptURL)).toContain('?another')
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
})
