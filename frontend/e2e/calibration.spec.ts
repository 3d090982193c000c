import type { Hypha } from './harness/hypha'
import { expect, picture, test } from './harness/test'

interface Channel {
  id: number
  calibration: unknown
  last: { v: number; quality: string } | null
}

/** The last half minute of a probe that rests at a value. */
async function rest(hypha: Hypha, channel: number, value: number) {
  const now = Date.now()
  const readings = Array.from({ length: 16 }, (_, i) => ({ channel, t: now - (15 - i) * 2000 + 1, v: value + (i % 2 ? 0.004 : -0.004) }))
  await hypha.call('POST', '/readings', { readings })
}

test('a pH probe is calibrated in two buffers, judged, kept in its history and put back', async ({ signedIn: page, hypha }) => {
  const input = await hypha.call<{ id: number; channels: { id: number }[] }>('POST', '/inputs', { name: 'Reservoir', kind: 'push', options: { channels: [{ name: 'pH', quantity: 'ion_concentration', unit: 'pH' }] } })
  const id = input.channels[0]?.id ?? 0
  const channel = () => hypha.call<Channel>('GET', `/channels/${id}`)
  await hypha.call('POST', '/readings', { readings: [{ channel: id, t: Date.now() - 60_000, v: 6.5 }] })

  await page.goto(`${hypha.url}/inputs/${input.id}`)
  await page.getByRole('link', { name: 'Calibrate' }).click()
  await expect(page.getByRole('heading', { name: 'Calibrate pH', level: 1 })).toBeVisible()
  await expect(page.getByText('It has not been calibrated with solutions yet.')).toBeVisible()
  await page.getByRole('textbox', { name: 'Temperature of the solutions' }).fill('20')
  await page.getByRole('textbox', { name: 'Temperature of the solutions' }).blur()
  await expect(page.getByText('7.02 pH at that temperature')).toBeVisible()
  await expect(page.getByText('4.002 pH at that temperature')).toBeVisible()
  await page.getByRole('button', { name: 'Begin' }).click()

  // Nothing is taken before it rests; meanwhile nothing regulates by it.
  await expect(page.getByRole('heading', { name: 'pH 7.00 (technical)' })).toBeVisible()
  const take = page.getByRole('button', { name: 'Take this value' })
  await expect(take).toBeDisabled()
  await expect(page.getByText('Waiting for its first value')).toBeVisible()
  await rest(hypha, id, 6.9)
  await expect(page.getByText('It rests', { exact: true })).toBeVisible()
  expect((await channel()).last).toMatchObject({ quality: 'calibrating' })
  await picture(page, 'resting')
  await take.click()

  // Values of the first buffer do not count in the second.
  await expect(page.getByRole('heading', { name: 'pH 4.01 (phthalate)' })).toBeVisible()
  await expect(take).toBeDisabled()
  await expect(async () => {
    await rest(hypha, id, 4.2)
    await expect(page.getByText(/^It (rests|is settling|still moves)$/)).toBeVisible({ timeout: 3000 })
    await expect(take).toBeEnabled({ timeout: 3000 })
  }).toPass({ timeout: 60_000 })
  await take.click()

  // (6.9 - 4.2) / (7.02 - 4.002) of the ideal slope.
  await expect(page.getByText('Worn', { exact: true })).toBeVisible()
  await expect(page.getByText(/slope 89\.5 %/)).toBeVisible()
  await picture(page, 'verdict')
  await page.getByRole('button', { name: 'Save calibration' }).click()
  const history = page.getByRole('listitem').filter({ hasText: 'by maya' })
  await expect(history).toContainText('slope 89.5 %')
  await expect(history).toContainText('next one due')
  expect((await channel()).calibration).toMatchObject({ kind: 'two_point' })

  // From now on it is corrected, and used again.
  await hypha.call('POST', '/readings', { readings: [{ channel: id, t: Date.now() + 2, v: 6.9 }] })
  await expect.poll(async () => (await channel()).last?.quality).toBe('good')
  expect((await channel()).last?.v).toBeCloseTo(7.02, 1)

  await history.getByRole('button', { name: 'Back to the one before' }).click()
  await expect(history).toContainText('taken back')
  expect((await channel()).calibration).toBeNull()
})
