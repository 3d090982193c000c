import { Hypha } from './harness/hypha'
import { expect, picture, test } from './harness/test'

interface Method {
  id: number
  name: string
  definition: { kind: string; points: { at: string; value: number; to_next: string }[] }
}

const tent = test.extend<{ demo: Hypha }>({
  demo: async ({ page }, use) => {
    const demo = await Hypha.start('--demo')
    await demo.setUp()
    await page.context().addCookies([demo.session()])
    await use(demo)
    await demo.stop()
  },
})

tent('a method is drawn by dragging, by keys and by numbers, undone, saved, duplicated and deleted with undo', async ({ page, demo }) => {
  for (const what of ['functions', 'methods']) // the journey begins where nobody has drawn one
    for (const { id } of (await demo.call<{ items: { id: number }[] }>('GET', `/${what}`)).items) await demo.call('DELETE', `/${what}/${id}`)
  await page.goto(`${demo.url}/functions`)
  await page.getByRole('link', { name: 'Methods' }).click()
  await expect(page.getByRole('heading', { name: 'No methods yet' })).toBeVisible()
  await page.getByRole('link', { name: 'Draw a method' }).click()
  await page.getByRole('button', { name: /^Daily/ }).click()

  // The second point, 09:00 at 24, is dragged an hour later and two degrees up.
  const picturePart = page.getByRole('group', { name: 'The method as a curve, with its points' })
  const first = picturePart.getByRole('slider').nth(0)
  const second = picturePart.getByRole('slider').nth(1)
  await expect(second).toHaveAttribute('aria-valuetext', /^09:00, 24/)
  const from = await second.boundingBox()
  const zero = await first.boundingBox()
  const centre = (box: { x: number; y: number; width: number; height: number } | null) => ({ x: (box?.x ?? 0) + (box?.width ?? 0) / 2, y: (box?.y ?? 0) + (box?.height ?? 0) / 2 })
  const a = centre(from)
  const hour = (a.x - centre(zero).x) / 3
  const degree = (centre(zero).y - a.y) / 6
  await page.mouse.move(a.x, a.y)
  await page.mouse.down()
  await page.mouse.move(a.x + hour / 2, a.y - degree, { steps: 4 })
  await page.mouse.move(a.x + hour, a.y - 2 * degree, { steps: 4 })
  await page.mouse.up()
  await expect(second).toHaveAttribute('aria-valuetext', /^10:00, 26/)
  await expect(page.getByRole('textbox', { name: 'Value, row 2' })).toHaveValue('26')

  // Undone and done again as one step.
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(second).toHaveAttribute('aria-valuetext', /^09:00, 24/)
  await page.getByRole('button', { name: 'Do it again' }).click()
  await expect(second).toHaveAttribute('aria-valuetext', /^10:00, 26/)

  // Keys move it too, and numbers move the picture.
  await second.focus()
  await page.keyboard.press('ArrowLeft')
  await expect(second).toHaveAttribute('aria-valuetext', /^09:55, 26/)
  await page.keyboard.press('ArrowRight')
  await page.getByRole('textbox', { name: 'Value, row 1' }).fill('17,5')
  await expect(first).toHaveAttribute('aria-valuetext', /^06:00, 17.5/)

  // A second point at the same time is refused by the server, at its row.
  await page.getByRole('textbox', { name: 'Name*' }).fill('Warm days')
  await page.getByRole('textbox', { name: 'At, row 4' }).fill('19:00')
  await page.getByRole('button', { name: 'Save method' }).click()
  await expect(page.getByText(/Row 4: .*same time/)).toBeVisible()
  await page.getByRole('textbox', { name: 'At, row 4' }).fill('22:30')
  await picture(page, 'editor')
  await page.getByRole('button', { name: 'Save method' }).click()
  await expect(page).toHaveURL(/\/methods\/\d+$/)
  await expect(page.getByRole('heading', { name: 'Warm days', level: 1 })).toBeVisible()
  const id = Number(/\d+$/.exec(page.url())?.[0])
  const stored = await demo.call<Method>('GET', `/methods/${id}`)
  expect(stored.definition.points.map((p) => [p.at, p.value])).toEqual([['06:00', 17.5], ['10:00', 26], ['19:00', 24], ['22:30', 18]])

  await page.reload()
  await expect(second).toHaveAttribute('aria-valuetext', /^10:00, 26/)

  // What it steers stands behind it, and the function is named.
  await demo.call('POST', '/functions', {
    name: 'Warm tent', kind: 'pid', options: { channel: 1, method: id, kp: 12, ki: 0.02, raise: { output: 1 }, mode: 'time_proportional' },
  })
  await expect(page.getByRole('main').getByRole('link', { name: 'Warm tent' })).toBeVisible()
  await expect(page.getByText(/lead Temperature/i)).toBeVisible()

  // A method that is followed stays; a copy goes, and comes back.
  await page.getByRole('button', { name: 'More for Warm days' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await expect(page.getByRole('dialog')).toContainText('Warm tent')
  await page.getByRole('button', { name: 'Delete all the same' }).click()
  await expect(page.getByText('Warm days could not be deleted').first()).toBeVisible()
  await page.getByRole('button', { name: 'More for Warm days' }).click()
  await page.getByRole('menuitem', { name: 'Duplicate' }).click()
  await expect(page.getByRole('heading', { name: 'Warm days (copy)', level: 1 })).toBeVisible()
  await page.getByRole('button', { name: 'More for Warm days (copy)' }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await expect(page).toHaveURL(/\/methods$/)
  await expect(page.getByRole('main').getByRole('link', { name: 'Warm days (copy)' })).toHaveCount(0)
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByRole('main').getByRole('link', { name: 'Warm days (copy)' })).toBeVisible()
  await picture(page, 'list')
})
