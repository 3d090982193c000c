import { Hypha } from './harness/hypha'
import { expect, picture, test } from './harness/test'

const tent = test.extend<{ demo: Hypha }>({
  demo: async ({ page }, use) => {
    const demo = await Hypha.start('--demo')
    await demo.setUp()
    await page.context().addCookies([demo.session()])
    await use(demo)
    await demo.stop()
  },
})

tent('a script is completed, its fault stands under its word, it is tried and saved; the editor can be left by keys', async ({ page, demo }) => {
  const blocked: string[] = []
  page.on('console', (message) => {
    if (/Content Security Policy/i.test(message.text())) blocked.push(message.text())
  })
  await page.goto(`${demo.url}/functions/new/conditional`)
  const code = page.getByRole('textbox', { name: 'Script', exact: true })
  await expect(code).toHaveAttribute('aria-description', /Escape, then Tab/)
  await code.click()
  // A word of scripts, with its signature and what it does.
  await page.keyboard.type('t = val')
  await expect(page.getByRole('option', { name: /^value\(channel/ })).toBeVisible()
  await expect(page.locator('.cm-completionInfo').filter({ hasText: 'The live value of a channel' })).toBeVisible()
  await picture(page, 'completion')
  await page.keyboard.press('Tab')
  // Inside of quotes, the channels of this house.
  await page.keyboard.type('"Tent cl')
  await page.getByRole('option', { name: /Tent climate\/temperature/ }).click()
  await expect(code).toContainText('t = value("Tent climate/temperature")')
  await page.keyboard.press('End')
  await page.keyboard.press('Enter')
  await page.keyboard.type('if t != None and t > 10:')
  await page.keyboard.press('Enter')
  await page.keyboard.type('note("warmm", severty=1)')
  await page.keyboard.press('Enter')
  await page.keyboard.type('nonsens(3)')
  // The fault comes by itself, at its line and under its word.
  await expect(page.getByText(/undefined: nonsens/i).first()).toBeVisible()
  await expect(page.locator('.cm-lintRange-error')).toHaveText('nonsens')
  await expect(page.getByRole('button', { name: 'Dry run now' })).toBeDisabled()
  await picture(page, 'fault')

  // Tab indents, Escape and then Tab goes on.
  await page.keyboard.press('Escape')
  await page.keyboard.press('Tab')
  await expect(code).not.toBeFocused()

  await code.fill('t = value("Tent climate/temperature")\nif t != None and t > 10:\n    output("Lamp").on()\n')
  await expect(page.getByText('Nothing wrong with it.')).toBeVisible()
  await page.getByRole('button', { name: 'Dry run now' }).click()
  await expect(page.getByText('It would have done one thing.')).toBeVisible()
  await page.getByRole('textbox', { name: 'Name*' }).fill('Lamp when warm')
  await page.getByRole('button', { name: 'Save and start' }).click()
  await expect(page).toHaveURL(/\/functions\/\d+$/)
  await expect(page.getByRole('textbox', { name: 'Script', exact: true })).toHaveAttribute('aria-readonly', 'true')
  const made = await demo.call<{ items: { name: string; options: { script: string } }[] }>('GET', '/functions?q=Lamp%20when')
  expect(made.items[0]?.options.script).toContain('output("Lamp").on()')
  expect(blocked).toEqual([])
})
