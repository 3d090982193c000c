import { expect, picture, test } from './harness/test'

test('what a device over HTTP answers is shown, its secrets are not', async ({ signedIn: page, hypha, source }) => {
  source.answer = { temperature: 21.5, key: 'hunter2hunter2' }
  const channels = [{ name: 'air', json_path: 'temperature', quantity: 'temperature', unit: 'C' }]
  const input = await hypha.call<{ id: number; channels: { id: number }[] }>('POST', '/inputs', { name: 'Station', kind: 'http_json', period_s: 60, options: { url: source.url, password: 'hunter2hunter2', channels } })
  await hypha.call('PATCH', `/channels/${input.channels[0]!.id}`, { calibration: { kind: 'offset_scale', offset: 0.5 }, valid_max: 21 })
  await page.goto(`${hypha.url}/inputs/${input.id}/diagnosis`)
  await page.getByRole('button', { name: 'Look now' }).click()
  await expect(page.getByText('It answers, with doubts')).toBeVisible()
  const way = page.getByRole('region', { name: 'From the device to the channel' })
  await expect(way).toContainText('21.5 °C')
  await expect(way).toContainText('22 °C')
  await expect(way).toContainText('Out of range: outside the valid range set for this channel')
  await expect(page.getByRole('main')).toContainText('"temperature": 21.5')
  await expect(page.getByRole('main')).toContainText('•••')
  await expect(page.getByRole('main')).not.toContainText('hunter2')
  await picture(page, 'answers')

  source.answer = undefined
  await page.getByRole('button', { name: 'Look again' }).click()
  await expect(page.getByText('It does not answer')).toBeVisible()
  await expect(page.getByRole('main')).toContainText('503')
})

test('what comes over MQTT is shown with its topic', async ({ signedIn: page, hypha, broker }) => {
  await broker.publish('tent/air', '{"temperature": 23.25}')
  const channels = [{ name: 'air', topic: 'tent/air', json_path: 'temperature', quantity: 'temperature', unit: 'C' }]
  const input = await hypha.call<{ id: number }>('POST', '/inputs', { name: 'Air', kind: 'mqtt_subscribe', options: { broker: broker.url, channels } })
  await page.goto(`${hypha.url}/inputs/${input.id}/diagnosis`)
  await page.getByRole('button', { name: 'Look now' }).click()
  await expect(page.getByRole('heading', { name: /^It answers \d/ })).toBeVisible()
  await expect(page.getByRole('main')).toContainText('tent/air')
  await expect(page.getByRole('main')).toContainText('stored by the broker')
  await expect(page.getByRole('main')).toContainText('23.25')
})

test('the health of an input is a lane with its sums', async ({ signedIn: page, hypha, source }) => {
  const channels = [{ name: 'air', json_path: 'temperature', quantity: 'temperature', unit: 'C' }]
  const input = await hypha.call<{ id: number }>('POST', '/inputs', { name: 'Station', kind: 'http_json', period_s: 1, options: { url: source.url, channels } })
  await page.goto(`${hypha.url}/inputs/${input.id}/events`)
  await expect(page.getByText('Health')).toBeVisible()
  await expect(page.getByText('100 %')).toBeVisible({ timeout: 20_000 })
  source.answer = undefined
  await expect(page.getByRole('main')).toContainText(/Not answering|Degraded from/, { timeout: 30_000 })
  await hypha.call('POST', `/inputs/${input.id}/disable`)
  await expect(page.getByRole('main')).toContainText('Station was disabled')
  await picture(page, 'health')
})
