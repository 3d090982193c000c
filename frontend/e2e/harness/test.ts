import { test as base, expect, type Page } from '@playwright/test'
import { Broker } from './broker'
import { Hypha } from './hypha'
import { JsonSource } from './json-source'

export { expect }
export { person } from './hypha'

interface Fixtures {
  /** The program, already set up. */
  hypha: Hypha
  /** The program on its first start. */
  fresh: Hypha
  broker: Broker
  source: JsonSource
  /** Signs the page in as the first person. */
  signedIn: Page
  /** Nothing may break the Content-Security-Policy, throw, or ask another host: checked after every test. */
  guard: void
}

export const test = base.extend<Fixtures>({
  fresh: async ({}, use) => {
    const hypha = await Hypha.start()
    await use(hypha)
    await hypha.stop()
  },
  hypha: async ({}, use) => {
    const hypha = await Hypha.start()
    await hypha.setUp()
    await use(hypha)
    await hypha.stop()
  },
  broker: async ({}, use) => {
    const broker = await Broker.start()
    await use(broker)
    await broker.stop()
  },
  source: async ({}, use) => {
    const source = await JsonSource.start({ temperature: 21.5, humidity: 48 })
    await use(source)
    await source.stop()
  },
  signedIn: async ({ page, hypha }, use) => {
    await page.context().addCookies([hypha.session()])
    await use(page)
  },
  guard: [
    async ({ page }, use) => {
      const faults: string[] = []
      page.on('pageerror', (error) => faults.push(`threw: ${error.message}`))
      page.on('console', (message) => {
        if (/Content.Security.Policy/i.test(message.text())) faults.push(message.text())
      })
      page.on('request', (request) => {
        const url = new URL(request.url())
        if (!['127.0.0.1', ''].includes(url.hostname)) faults.push(`asked ${url.host}`)
      })
      await use()
      expect(faults, 'faults of the page').toEqual([])
    },
    { auto: true },
  ],
})

/** Attaches a picture of the page to the results. */
export async function picture(page: Page, name: string) {
  await test.info().attach(name, { body: await page.screenshot(), contentType: 'image/png' })
}
