import { expect, picture, test } from './harness/test'

test('a phone is paired by a code, once, and signed out from the desk', async ({ signedIn: page, hypha, browser }) => {
  await page.goto(`${hypha.url}/system/account`)
  await page.getByRole('button', { name: 'Show the code' }).click()
  // The tests listen to this machine only, and the page says what that means.
  await expect(page.getByText('Hypha listens to this machine only.')).toBeVisible()
  await picture(page, 'only-here')
  const { code } = await hypha.call<{ code: string }>('POST', '/auth/pairings')

  const context = await browser.newContext({ viewport: { width: 390, height: 844 }, serviceWorkers: 'block', userAgent: 'Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36' })
  const phone = await context.newPage()
  await phone.goto(`${hypha.url}/pair#${code}`)
  await picture(phone, 'pair')
  await phone.getByRole('button', { name: 'Sign in on this device' }).click()
  await expect(phone).toHaveURL(`${hypha.url}/`)
  await expect(phone.getByRole('heading', { level: 1 })).toBeVisible()

  // A second time it is worth nothing.
  const second = await (await browser.newContext({ serviceWorkers: 'block' })).newPage()
  await second.goto(`${hypha.url}/pair/${code}`)
  await second.getByRole('button', { name: 'Sign in on this device' }).click()
  await expect(second.getByRole('alert')).toContainText('used or too old')
  await second.context().close()

  await page.getByRole('button', { name: 'Sign out Chrome · Android' }).click()
  await expect(page.getByText('Chrome · Android is signed out').first()).toBeVisible()
  await phone.reload()
  await expect(phone).toHaveURL(/login/)
  await context.close()
})

test('where other devices reach it, the code is shown', async ({ signedIn: page, hypha }) => {
  await page.route('**/api/v1/auth/pairings', (route) =>
    route.fulfill({ status: 201, json: { code: 'abcDEF123_-abcDEF123_-', expires_at: new Date(Date.now() + 290_000).toISOString(), addresses: ['http://192.168.178.20:8080', 'http://10.0.0.4:8080'] } }),
  )
  await page.goto(`${hypha.url}/system/account`)
  await page.getByRole('button', { name: 'Show the code' }).click()
  await expect(page.getByRole('img', { name: 'QR code that opens http://192.168.178.20:8080' })).toBeVisible()
  await picture(page, 'code')
  await page.getByRole('radio', { name: 'http://10.0.0.4:8080' }).check()
  await expect(page.getByRole('img', { name: 'QR code that opens http://10.0.0.4:8080' })).toBeVisible()
})

test('readings come in from a file, are counted, and are deleted for good', async ({ signedIn: page, hypha }) => {
  await hypha.call('POST', '/inputs', { name: 'Logger', kind: 'push', options: { channels: [{ name: 'air', quantity: 'temperature', unit: 'C' }] } })
  await page.goto(`${hypha.url}/system/data`)
  const lines = ['time,channel,value', ...Array.from({ length: 60 }, (_, minute) => `2026-03-12T14:${String(minute).padStart(2, '0')}:00Z,1,${20 + minute / 10}`), '2026-03-12T15:00:00Z,1,warm']
  await page.getByLabel('File with readings').setInputFiles({ name: 'log.csv', mimeType: 'text/csv', buffer: Buffer.from(lines.join('\n')) })
  await page.getByRole('button', { name: 'Bring in' }).click()
  await expect(page.getByText('60 readings stored, 1 lines refused.')).toBeVisible()
  await expect(page.getByLabel('Refused lines')).toContainText('Line 62')
  await picture(page, 'imported')

  await page.getByRole('button', { name: 'Choose channels' }).click()
  await page.getByRole('option', { name: /Logger/ }).click()
  await page.keyboard.press('Escape')
  await page.getByLabel('From').fill('2026-03-12T14:00:00')
  await page.getByLabel('Until').fill('2026-03-12T14:10:00')
  await expect(page.getByText('10 readings are there.')).toBeVisible()
  await page.getByRole('button', { name: 'Delete', exact: true }).click()
  await expect(page.getByRole('dialog', { name: 'Delete 10 readings?' })).toContainText('Logger')
  await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click()
  await expect(page.getByText('10 readings are deleted.')).toBeVisible()
  const left = await hypha.call<{ items: { count: number }[] }>('GET', '/readings/aggregate?channel=1&from=2026-03-12T00:00:00Z&to=2026-03-13T00:00:00Z')
  expect(left.items[0]?.count).toBe(50)
})

test('without a place for backups the page says how to get one', async ({ signedIn: page, hypha }) => {
  await page.goto(`${hypha.url}/system/data`)
  await expect(page.getByText('No place for backups is configured.')).toBeVisible()
  await page.getByText('Save and put back by hand').click()
  await expect(page.getByText(/hypha restore --data/)).toBeVisible()
})
