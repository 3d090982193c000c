import type { Page } from '@playwright/test'
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

interface Made {
  id: number
  name: string
  options: { script: string; sentences?: string }
}

/** Opens a part of a sentence, and closes it again. */
async function fill(page: Page, part: string | RegExp, deed: () => Promise<void>) {
  await page.getByRole('button', { name: part }).click()
  await deed()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toHaveCount(0)
}

tent('a rule is built from sentences, tried on the past, saved, and acts; a hand on the script is noticed', async ({ page, demo }) => {
  // Nothing else holds the pump.
  for (const f of (await demo.call<{ items: Made[] }>('GET', '/functions')).items) if (f.name === 'Watering') await demo.call('DELETE', `/functions/${f.id}`)
  await page.goto(`${demo.url}/functions/new/conditional`)
  const words = page.getByRole('region', { name: 'In words' })
  const code = page.getByRole('textbox', { name: 'Script', exact: true })
  await expect(page.getByText('not finished yet')).toBeVisible()

  await fill(page, 'which measurement?', async () => {
    await page.getByRole('dialog').getByRole('button', { name: 'Measurement' }).click()
    await page.getByRole('option', { name: /Temperature.*Tent climate/ }).click()
  })
  await fill(page, 'how much?', async () => {
    const dialog = page.getByRole('dialog')
    await dialog.getByRole('combobox', { name: 'Is' }).click()
    await page.getByRole('option', { name: 'over' }).click()
    await dialog.getByRole('textbox', { name: 'Value' }).fill('5')
  })
  await expect(words.getByRole('button', { name: 'over 5 °C' })).toBeVisible()
  await words.getByRole('button', { name: 'Condition', exact: true }).click()
  await page.getByRole('menuitem', { name: 'Time of day' }).click()
  await fill(page, 'between 06:00 and 22:00', async () => {
    await page.getByRole('dialog').getByRole('textbox', { name: 'From' }).fill('00:00')
    await page.getByRole('dialog').getByRole('textbox', { name: 'To' }).fill('23:59')
  })
  await words.getByRole('button', { name: 'What is done' }).click()
  await page.getByRole('menuitem', { name: 'Turn on' }).click()
  await fill(page, 'which output?', async () => {
    await page.getByRole('dialog').getByRole('button', { name: 'Output' }).click()
    await page.getByRole('option', { name: /Drip pump/ }).click()
  })
  await fill(page, 'as long as it holds', () => page.getByRole('dialog').getByRole('textbox', { name: 'For' }).fill('20'))

  // The same as a script, and what the output allows whatever this says.
  await expect(code).toContainText('output("Drip pump").on(seconds=20)')
  await expect(code).toContainText('reading("Tent climate/temperature").over(5)')
  await expect(page.getByText('same as the words')).toBeVisible()
  await expect(words.getByText(/the limits of Drip pump hold/)).toContainText('2 min')

  // On the past day it would have acted; nothing happens.
  await page.getByRole('button', { name: 'Dry run', exact: true }).click()
  await expect(page.getByRole('heading', { name: /^Dry run: it would have acted (once|\d+ times) in the last 24 h/ })).toBeVisible()
  await expect(page.getByText('Condition true')).toBeVisible()
  await expect(page.getByText(/does not guess/)).toBeVisible()
  await picture(page, 'dry-run')
  expect(await demo.call('GET', '/outputs/5/channels/0')).toMatchObject({ on: false })

  await page.getByRole('textbox', { name: 'Name*' }).fill('Water when warm')
  await page.getByRole('textbox', { name: 'Period' }).fill('1')
  await page.getByRole('button', { name: 'Save and start' }).click()
  await expect(page).toHaveURL(/\/functions\/\d+$/)
  const id = Number(/\d+$/.exec(page.url())?.[0])
  await expect.poll(() => demo.call('GET', '/outputs/5/channels/0')).toMatchObject({ on: true, by: `function/${id}` })

  // Opened again it is still the words', nothing is unsaved; after a change by hand it says so, and the words can have it back.
  await page.goto(`${demo.url}/functions/${id}/settings`)
  await expect(page.getByText('same as the words')).toBeVisible()
  await expect(page.getByRole('button', { name: 'Save changes' })).toBeDisabled()
  await code.click()
  await page.keyboard.press('ControlOrMeta+End')
  await page.keyboard.type('log("mine")')
  await expect(page.getByText('Edited by hand', { exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'Save changes' }).click()
  await expect.poll(async () => (await demo.call<Made>('GET', `/functions/${id}`)).options.script).toContain('log("mine")')
  await page.reload()
  await expect(page.getByText('Edited by hand', { exact: true })).toBeVisible()
  await page.getByRole('button', { name: 'Make it from the sentences again' }).click()
  await expect(code).not.toContainText('mine')
  await page.getByRole('button', { name: 'Back to my script' }).click()
  await expect(code).toContainText('log("mine")')
})
