import { NetworkCamera } from './harness/camera'
import { expect, picture, test } from './harness/test'
import { Hypha } from './harness/hypha'

const drawn = (img: HTMLImageElement) => img.naturalWidth

test('a network camera is tried, added, watched, unplugged and deleted', async ({ signedIn: page, hypha }) => {
  test.setTimeout(120_000)
  const camera = await NetworkCamera.start()
  try {
    await page.goto(`${hypha.url}/cameras`)
    await page.getByRole('link', { name: 'Add the first camera' }).click()
    await page.getByRole('link', { name: /^MJPEG stream/ }).click()
    await page.getByLabel('Name').first().fill('Canopy')
    await page.getByLabel('Address of the stream').fill(camera.url('/login'))
    await page.getByRole('button', { name: 'Take a picture' }).click()
    await expect(page.getByText(/sends no JPEG pictures/)).toBeVisible()
    await page.getByLabel('Address of the stream').fill(camera.url('/stream'))
    await page.getByRole('button', { name: 'Take a picture' }).click()
    await expect.poll(() => page.getByRole('img', { name: 'It works' }).evaluate(drawn)).toBe(2)
    await expect(page.getByText('2 × 2')).toBeVisible()
    await picture(page, 'form')
    await page.getByLabel('A still every').fill('2')
    await page.getByRole('button', { name: 'Save and start' }).click()
    await expect(page.getByText(/at least 5 s/).first()).toBeVisible() // the server's, on its field
    await page.getByLabel('A still every').fill('5')
    await page.getByRole('button', { name: 'Save and start' }).click()

    await expect(page.getByText('Running')).toBeVisible()
    const live = page.getByRole('img', { name: 'Live picture of Canopy' })
    await expect.poll(() => live.evaluate(drawn)).toBe(2)
    await expect.poll(() => camera.watching).toBe(1)
    const second = await page.context().newPage() // two viewers, one grab
    await second.goto(`${hypha.url}/cameras/1`)
    await expect.poll(() => second.getByRole('img', { name: 'Live picture of Canopy' }).evaluate(drawn)).toBe(2)
    expect(camera.watching).toBe(1)
    await second.close()

    await page.getByRole('link', { name: 'Timelapse' }).click()
    await expect.poll(() => camera.watching).toBe(0) // nobody watches any more
    await expect(page.getByRole('img', { name: /^Still of/ })).toBeVisible({ timeout: 20_000 })
    await picture(page, 'timelapse')

    await page.goto(`${hypha.url}/cameras`)
    await expect.poll(() => page.locator('article img').first().evaluate(drawn)).toBe(2)
    camera.unplug()
    await expect(page.getByText(/503/)).toBeVisible({ timeout: 90_000 })
    await picture(page, 'unplugged')
    await page.getByRole('button', { name: 'More for Canopy' }).click()
    await page.getByRole('menuitem', { name: 'Delete' }).click()
    await expect(page.getByText('No cameras yet')).toBeVisible()
    await page.getByRole('button', { name: 'Undo' }).click()
    await expect(page.getByRole('article', { name: 'Canopy' })).toBeVisible()
  } finally {
    await camera.stop()
  }
})

test('the demo plays a week of stills and gives them as a film', async ({ page }) => {
  const demo = await Hypha.start('--demo')
  try {
    await demo.setUp()
    await page.context().addCookies([demo.session()])
    await page.goto(`${demo.url}/cameras/1/timelapse`)
    const still = page.getByRole('img', { name: /^Still of/ })
    await expect.poll(() => still.evaluate(drawn)).toBe(640)
    await expect(page.getByText(/^(28|29|30) stills$/)).toBeVisible()
    const scrubber = page.getByRole('slider', { name: 'Time' })
    await scrubber.focus()
    await page.keyboard.press('Home')
    const first = await still.getAttribute('src')
    await page.getByRole('button', { name: 'Play' }).click()
    await expect.poll(() => scrubber.inputValue()).not.toBe('0')
    await page.getByRole('button', { name: 'Pause' }).click()
    expect(await still.getAttribute('src')).not.toBe(first)
    await picture(page, 'playing')
    const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('link', { name: 'Save as AVI' }).click()])
    expect(download.suggestedFilename()).toBe('timelapse.avi')
    await page.goto(`${demo.url}/cameras/1`)
    await expect.poll(() => page.getByRole('img', { name: 'Live picture of Canopy' }).evaluate(drawn)).toBe(640)
    await picture(page, 'live')
    await page.getByRole('switch').click()
    await expect(page.getByText('Switched off')).toBeVisible()
  } finally {
    await demo.stop()
  }
})
