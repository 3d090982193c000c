import { expect, picture, test } from './harness/test'

interface State {
  on?: boolean
  ends_at?: string
  by: string
}

test('an output is added, switched by hand, and stopped with everything else', async ({ signedIn: page, hypha }) => {
  const { id } = await hypha.call<{ id: number }>('POST', '/outputs', { name: 'Heater', kind: 'virtual_on_off' })
  const state = () => hypha.call<State>('GET', `/outputs/${id}/channels/0`)
  await page.goto(`${hypha.url}/outputs`)
  await expect(page.getByRole('main')).toContainText('Heater')
  await page.getByRole('switch').first().click()
  await expect.poll(async () => (await state()).on).toBe(true)
  expect((await state()).by).toBe('user:maya')
  await expect(page.getByRole('main')).toContainText(/by hand/i)
  await picture(page, 'by-hand')

  // Everything stops: the output goes to its safe state, and a command is refused until the stop is released.
  await hypha.call('POST', '/stop', { reason: 'test' })
  await expect.poll(async () => (await state()).on).toBe(false)
  await expect(page.getByRole('button', { name: /Release/ }).first()).toBeVisible()
  await picture(page, 'stopped')
  await page.getByRole('button', { name: /Release/ }).first().click()
  await expect.poll(async () => (await hypha.call<{ stopped: boolean }>('GET', '/stop')).stopped).toBe(false)
})

test('what another program does to an output shows at once', async ({ signedIn: page, hypha }) => {
  const { id } = await hypha.call<{ id: number }>('POST', '/outputs', { name: 'Lamp', kind: 'virtual_on_off' })
  await page.goto(`${hypha.url}/outputs`)
  const lamp = page.getByRole('switch').first()
  await expect(lamp).not.toBeChecked()
  await hypha.call('PUT', `/outputs/${id}/channels/0`, { on: true, duration_s: 600 })
  await expect(lamp).toBeChecked()
  await expect(page.getByRole('main')).toContainText(/9 min \d+ s left|until \d\d:\d\d/)
})
