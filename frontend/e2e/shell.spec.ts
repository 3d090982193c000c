import { expect, picture, test } from './harness/test'

test('the palette finds by name, by place and by kind, without a mouse', async ({ signedIn: page, hypha }) => {
  await hypha.call('POST', '/zones', { name: 'Vivarium' })
  await hypha.call('POST', '/outputs', { name: 'Mister', kind: 'virtual_on_off', zone: 1, options: {} })
  await page.goto(hypha.url)
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible()
  await page.keyboard.press('Control+k')
  const field = page.getByPlaceholder('A page, an input, an output or a deed')
  await expect(field).toBeFocused()
  await field.fill('virtual switch')
  await expect(page.getByRole('option', { name: /Mister/ })).toContainText('Vivarium')
  await picture(page, 'palette')
  await page.keyboard.press('Enter')
  await expect(page).toHaveURL(/\/outputs\/1$/)
  await expect(field).toBeHidden()
})

test('nobody loses what they typed by a slip', async ({ signedIn: page, hypha }) => {
  await page.goto(`${hypha.url}/inputs`)
  await page.getByRole('link', { name: 'Add the first input' }).click()
  await page.getByRole('link', { name: /^Simulated sensor/ }).click()
  await page.getByRole('textbox', { name: 'Name*', exact: true }).fill('Canopy')
  await page.getByRole('link', { name: /^Outputs/ }).first().click()
  // The focus is on what loses nothing, and Escape is the same.
  await expect(page.getByRole('button', { name: 'Stay' })).toBeFocused()
  await page.keyboard.press('Escape')
  await expect(page.getByRole('dialog')).toBeHidden()
  await expect(page.getByRole('textbox', { name: 'Name*', exact: true })).toHaveValue('Canopy')
  await page.goBack()
  await page.getByRole('button', { name: 'Leave' }).click()
  await expect(page).toHaveURL(/\/inputs\/new$/)
})

test('what needs a person is counted where it is found', async ({ signedIn: page, hypha }) => {
  await hypha.call('POST', '/inputs', { name: 'Wort', kind: 'http_json', period_s: 60, options: { url: 'http://127.0.0.1:9/', channels: [{ name: 't', json_path: 'a', quantity: 'temperature', unit: 'C' }] } })
  await page.goto(hypha.url)
  await page.getByRole('link', { name: 'One input needs you', exact: true }).click()
  await expect(page).toHaveURL(/\/inputs\?filter=need/)
  await expect(page.getByRole('main').getByRole('listitem')).toHaveCount(1)
})

test.describe('on a phone', () => {
  test.use({ viewport: { width: 390, height: 844 } })
  test('a deleted input can be brought back: the offer is in sight', async ({ signedIn: page, hypha }) => {
    await hypha.call('POST', '/inputs', { name: 'Canopy', kind: 'simulated_sensor', period_s: 1, options: { quantity: 'temperature', unit: 'C', offset: 22 } })
    await page.goto(`${hypha.url}/inputs/1`)
    await page.getByRole('button', { name: 'More for Canopy' }).click()
    await page.getByRole('menuitem', { name: 'Delete' }).click()
    await expect(page).toHaveURL(/\/inputs$/)
    const undo = page.getByRole('button', { name: 'Undo' })
    await expect(undo).toBeInViewport({ ratio: 1 })
    await expect(page.getByText('Canopy deleted', { exact: true }).first()).toBeInViewport({ ratio: 1 })
    await picture(page, 'undo')
    await undo.click()
    await expect(page.getByRole('main').getByRole('listitem').filter({ hasText: 'Canopy' })).toBeVisible()
  })
})
