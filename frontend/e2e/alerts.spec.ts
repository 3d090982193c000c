import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, picture, test } from './harness/test'
import { Hypha } from './harness/hypha'

/** A web service that keeps what it is told. */
async function hook() {
  const got: string[] = []
  const server = createServer((request, response) => {
    let body = ''
    request.on('data', (part) => (body += part))
    request.on('end', () => {
      got.push(body)
      response.end('ok')
    })
  })
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening))
  return { got, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/x`, close: () => server.close() }
}

test('an alert is added, told, acknowledged and silenced', async ({ page }) => {
  test.setTimeout(120_000)
  const service = await hook()
  const demo = await Hypha.start('--demo')
  try {
    await demo.setUp()
    await page.context().addCookies([demo.session()])
    await page.goto(`${demo.url}/alerts/routes`)
    await page.getByRole('link', { name: 'Add the first route' }).click()
    await page.getByRole('link', { name: /^Webhook/ }).click()
    await page.getByLabel('Name').first().fill('My service')
    await page.getByLabel('Address').fill(service.url)
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await expect(page.getByText('Never used yet')).toBeVisible()
    await page.getByRole('button', { name: 'Send a test' }).click()
    await expect.poll(() => service.got.join()).toContain('Test of My service')

    // The demo's own alerts are out of the way: this journey begins where somebody has none.
    for (const { id } of (await demo.call<{ items: { id: number }[] }>('GET', '/alerts')).items) await demo.call('DELETE', `/alerts/${id}`)
    await page.goto(`${demo.url}/alerts`)
    await page.getByRole('link', { name: 'Add the first alert' }).click()
    await page.getByRole('link', { name: /^Limit/ }).click()
    await page.getByRole('button', { name: 'Save', exact: true }).click()
    await expect(page.getByText('This is needed.').first()).toBeVisible()
    await page.getByLabel('Name').first().fill('Tent too warm')
    await page.locator('[data-path="options.channel"]').getByRole('button').click()
    await page.getByRole('option', { name: /Temperature.*Tent climate/ }).click()
    await page.getByLabel('Upper limit').fill('-20')
    await page.getByLabel('Fires after').fill('0')
    await picture(page, 'form')
    await page.getByRole('button', { name: 'Save', exact: true }).click()

    const row = page.getByRole('listitem').filter({ hasText: 'Tent too warm' })
    await expect(row.getByText('Firing')).toBeVisible({ timeout: 20_000 })
    await expect(page.getByRole('link', { name: /Alerts.*One alert calls/ })).toBeVisible()
    await expect.poll(() => service.got.join(), { timeout: 20_000 }).toContain('Tent too warm (warning)')
    await picture(page, 'firing')
    await row.getByRole('button', { name: 'I know' }).click()
    await expect(row.getByText(/Acknowledged/)).toBeVisible()
    await row.getByRole('button', { name: /More for/ }).locator('visible=true').click()
    await page.getByRole('menuitem', { name: 'Silent for 8 h' }).click()
    await expect(row.getByText(/Silent until/)).toBeVisible()
    await page.getByRole('link', { name: 'Sent', exact: true }).click()
    await expect(page.getByText('Tent too warm (warning)')).toBeVisible()
  } finally {
    await demo.stop()
    service.close()
  }
})
