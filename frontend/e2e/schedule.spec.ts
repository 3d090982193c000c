import { expect, picture, test } from './harness/test'

test('the week of lamps, timers and methods stands on one page', async ({ signedIn: page, hypha }) => {
  await page.goto(`${hypha.url}/schedule`)
  await expect(page.getByRole('heading', { name: 'Nothing happens by the clock yet' })).toBeVisible()

  await hypha.call('POST', '/zones', { name: 'Tent' })
  await hypha.call('POST', '/outputs', { name: 'Lamp', kind: 'virtual_on_off', options: {}, zone: 1 })
  await hypha.call('POST', '/outputs', { name: 'Mister', kind: 'virtual_on_off', options: {}, zone: 1 })
  const output = (id: number) => ({ output: { output: id } })
  const fn = (name: string, kind: string, options: object) => hypha.call<{ id: number }>('POST', '/functions', { name, kind, options, zone: 1 })
  await fn('Lamp on', 'trigger_daily', { time: '06:00', actions: [{ kind: 'output_on', options: output(1) }] })
  const off = await fn('Lamp off', 'trigger_daily', { time: '22:00', actions: [{ kind: 'output_off', options: output(1) }] })
  await fn('Mist', 'trigger_span', { from: '08:00', to: '20:00', every_s: 7200, actions: [{ kind: 'output_on', options: { ...output(2), duration_s: 30 } }] })
  await fn('Diary', 'trigger_cron', { expression: '0 9 * * mon', actions: [{ kind: 'note', options: { note: 'Look at the roots' } }] })
  const input = await hypha.call<{ channels: { id: number }[] }>('POST', '/inputs', { name: 'Air', kind: 'simulated_sensor', period_s: 1, options: { quantity: 'temperature', unit: 'C', waveform: 'constant', offset: 22 } })
  await hypha.call('POST', '/methods', { name: 'Cool nights', definition: { kind: 'daily', points: [{ at: '06:00', value: 24 }, { at: '22:00', value: 18 }] } })
  await fn('Warmth', 'hysteresis', { channel: input.channels[0]!.id, method: 1, band: 1, direction: 'raise', output: { output: 2 }, max_age_s: 10 })

  await page.goto(`${hypha.url}/schedule`)
  const main = page.getByRole('main')
  const lane = (name: string) => main.getByRole('listitem').filter({ hasText: name }).filter({ visible: true })
  await expect(lane('Lamp')).toContainText('16 h a day')
  await expect(lane('Mister')).toContainText('every 2 h')
  await expect(lane('Diary')).toContainText('once')
  await expect(lane('Warmth')).toContainText('18 °C to 24 °C')
  await expect(lane('Lamp').getByTitle('On, 06:00 to 22:00')).toHaveCount(7)
  await picture(page, 'schedule')

  await page.getByRole('button', { name: 'The week after' }).click()
  await expect(page).toHaveURL(/week=1/)
  await expect(lane('Lamp').getByTitle('On, 06:00 to 22:00')).toHaveCount(7)
  await page.goBack()
  // What stopped being planned is gone; a lamp that nobody switches off stays on.
  await hypha.call('DELETE', `/functions/${off.id}`)
  await page.goto(`${hypha.url}/schedule`)
  await expect(lane('Lamp')).toContainText(/1 d|24 h|23 h/)

  // On the phone: a day as a list.
  await page.setViewportSize({ width: 390, height: 844 })
  await expect(lane('Mister')).toContainText(/every 2 h · 08:00 to 18:00 · 6 times/)
  await lane('Mister').getByRole('link').click()
  await expect(page).toHaveURL(/\/functions\/3/)
})
