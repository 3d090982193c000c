import AxeBuilder from '@axe-core/playwright'
import { expect, picture, test } from './harness/test'

interface Made {
  id: number
  channels: { id: number }[]
}

test('why an output is on, was on, and what came before: the thread of causes', async ({ signedIn: page, hypha }) => {
  await hypha.call('POST', '/zones', { name: 'Tent' })
  const sensor = await hypha.call<Made>('POST', '/inputs', {
    name: 'Air', kind: 'simulated_sensor', period_s: 1, zone: 1,
    options: { quantity: 'temperature', unit: 'C', waveform: 'constant', offset: 18.5 },
  })
  await hypha.call('POST', '/outputs', { name: 'Heater', kind: 'virtual_on_off', options: {}, zone: 1, channels: [{ index: 0, limits: { max_on_s: 5400 } }] })
  await hypha.call('POST', '/functions', {
    name: 'Warmth', kind: 'hysteresis', zone: 1,
    options: { channel: sensor.channels[0]!.id, setpoint: 24, band: 1, direction: 'raise', output: { output: 1 }, max_age_s: 10 },
  })
  await expect.poll(() => hypha.call('GET', '/outputs/1/channels/0')).toMatchObject({ on: true, by: 'function/1' })

  // From the overview: a tap on what the output says of itself.
  await page.goto(hypha.url)
  const row = page.getByRole('main').getByRole('listitem').filter({ hasText: 'Heater' })
  await row.getByRole('link', { name: /by warmth/i }).click()
  const answer = page.getByRole('dialog', { name: 'Why was it so?' })
  const thread = answer.getByRole('list', { name: /What led to it/ }).getByRole('listitem')
  await expect(answer).toContainText('Heater is On')
  await expect(thread.first()).toContainText('Temperature was 18.5 °C')
  await expect(thread.nth(1)).toContainText('Warmth')
  await expect(answer).toContainText('On at most for 1 h 30 min')
  await picture(page, 'why')
  const { violations } = await new AxeBuilder({ page }).include('[role=dialog]').withTags(['wcag2a', 'wcag2aa', 'wcag21aa']).analyze()
  expect(violations.map((v) => v.id)).toEqual([])

  // Before the function there was the start; the address remembers the moment, and the back button takes the answer away.
  await answer.getByRole('button', { name: 'The time before' }).click()
  await expect(answer).toContainText('Heater was Off')
  await expect(answer).toContainText('Hypha started')
  await expect(page).toHaveURL(/why=1\.0(%40|@)\d{13}/)
  await answer.getByRole('button', { name: 'What came then' }).click()
  await expect(answer).toContainText(/Heater (is|was) On/)
  await page.keyboard.press('Escape')
  await expect(answer).toBeHidden()
  await expect(page).not.toHaveURL(/why=/)

  // A person takes over: the output's page tells it at once, and that the function waits.
  await page.goto(`${hypha.url}/outputs/1`)
  await hypha.call('PUT', '/outputs/1/channels/0', { on: false, duration_s: 600 })
  const main = page.getByRole('main')
  await expect(main).toContainText('Heater is Off')
  await expect(main).toContainText('maya said so')
  await expect(main).toContainText(/by warmth waited with on/i)

  // A moment of the lane asks.
  await main.getByRole('button', { name: 'Why was Heater so?' }).click({ position: { x: 4, y: 6 } })
  await expect(answer).toBeVisible()
  await expect(answer).toContainText(/Heater was|does not reach back/)
})
