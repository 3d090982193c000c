import type { Page } from '@playwright/test'
import { expect, picture, test } from './harness/test'

const focused = (page: Page) => page.evaluate(() => document.activeElement?.id || document.activeElement?.getAttribute('aria-label') || document.activeElement?.textContent?.trim())
/** Tab until the thing with that name has the focus. */
async function tabTo(page: Page, name: RegExp, most = 60) {
  for (let n = 0; n < most; n++) {
    await page.keyboard.press('Tab')
    if (name.test(String(await focused(page)))) return
  }
  throw new Error(`${String(name)} is not reached by Tab`)
}

test('a sensor is added, found and switched, with keys alone', async ({ signedIn: page, hypha }) => {
  await hypha.call('POST', '/outputs', { name: 'Heater', kind: 'virtual_on_off', options: {} })
  await page.goto(hypha.url)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()

  // The skip link is the first stop and leads past the navigation.
  await page.keyboard.press('Tab')
  await expect(page.getByRole('link', { name: 'Skip to content' })).toBeFocused()
  await page.keyboard.press('Enter')
  await expect(page.locator('#main')).toBeFocused()

  await page.keyboard.press('g')
  await page.keyboard.press('i')
  await expect(page).toHaveURL(/\/inputs$/)
  await expect(page.locator('#main')).toBeFocused()
  await tabTo(page, /^Add the first input$/)
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/inputs\/new$/)
  await tabTo(page, /^Simulated sensor/, 200)
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/simulated_sensor/)
  const name = page.getByRole('textbox', { name: 'Name*', exact: true })
  await expect(name).toBeVisible()
  for (let n = 0; n < 40 && !(await name.evaluate((field) => field === document.activeElement)); n++) await page.keyboard.press('Tab')
  await expect(name).toBeFocused()
  // A letter that is typed is a letter, not a shortcut.
  await page.keyboard.press('Control+a')
  await page.keyboard.type('Ginger bed')
  await expect(name).toHaveValue('Ginger bed')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/inputs\/1/)

  // A deed by its name.
  await page.locator('#main').focus()
  await page.keyboard.press('.')
  const field = page.getByPlaceholder('What shall be done?')
  await expect(field).toBeFocused()
  await field.fill('switch on heater')
  await page.keyboard.press('Enter')
  await expect.poll(() => hypha.call<{ on?: boolean }>('GET', '/outputs/1/channels/0')).toMatchObject({ on: true })

  // A place by its name, then it is among the latest.
  await page.keyboard.press('/')
  await page.getByPlaceholder('A page, an input, an output or a deed').fill('ginger')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/inputs\/1$/)
  await page.keyboard.press('Control+k')
  await expect(page.getByRole('option').first()).toContainText('Ginger bed')
  await page.keyboard.press('Escape')

  await page.keyboard.press('?')
  await expect(page.getByRole('dialog', { name: 'Keys' })).toBeVisible()
  await picture(page, 'keys')
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()
})

test('theme and contrast are changed from the palette', async ({ signedIn: page, hypha }) => {
  await page.goto(hypha.url)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  for (const [deed, check] of [['Dark theme', () => expect(page.locator('html')).toHaveClass(/dark/)], ['High contrast', () => expect(page.locator('html')).toHaveAttribute('data-contrast', '')]] as const) {
    await page.keyboard.press('Control+k')
    await page.getByPlaceholder('A page, an input, an output or a deed').fill(deed)
    await page.keyboard.press('Enter')
    await check()
  }
})
