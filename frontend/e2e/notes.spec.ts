import { deflateSync } from 'node:zlib'
import { expect, picture, test } from './harness/test'

/** A PNG of one colour. */
function png(width: number, height: number): Buffer {
  const crcTable = Array.from({ length: 256 }, (_, n) => {
    let c = n
    for (let k = 0; k < 8; k++) c = c & 1 ? 0xedb88320 ^ (c >>> 1) : c >>> 1
    return c >>> 0
  })
  const crc = (data: Buffer) => {
    let c = 0xffffffff
    for (const byte of data) c = crcTable[(c ^ byte) & 255]! ^ (c >>> 8)
    return (c ^ 0xffffffff) >>> 0
  }
  const chunk = (name: string, data: Buffer) => {
    const body = Buffer.concat([Buffer.from(name, 'latin1'), data])
    const out = Buffer.alloc(body.length + 8)
    out.writeUInt32BE(data.length, 0)
    body.copy(out, 4)
    out.writeUInt32BE(crc(body), body.length + 4)
    return out
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([8, 2, 0, 0, 0], 8)
  const row = Buffer.concat([Buffer.from([0]), Buffer.alloc(width * 3, Buffer.from([30, 120, 60]))])
  const pixels = deflateSync(Buffer.concat(Array.from({ length: height }, () => row)))
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), chunk('IHDR', head), chunk('IDAT', pixels), chunk('IEND', Buffer.alloc(0))])
}

test('a note with a photo is written, found, changed, deleted and brought back', async ({ signedIn: page, hypha }) => {
  const zone = await hypha.call<{ id: number }>('POST', '/zones', { name: 'Seedlings' })
  await page.goto(`${hypha.url}/zones/${zone.id}`)
  await page.getByRole('button', { name: 'More for Seedlings' }).click()
  await page.getByRole('menuitem', { name: 'Add a note' }).click()
  await expect(page.getByRole('button', { name: 'About: Seedlings' })).toBeVisible()
  await page.getByRole('button', { name: 'Add note' }).click()
  await expect(page.getByText('Say in one line what happened.')).toBeVisible()

  await page.getByLabel('What happened').fill('First true leaves\n- **twelve** of fourteen\n- <img src=x onerror=alert(1)>')
  await page.getByRole('combobox', { name: 'Tags' }).fill('growth, day 9')
  await page.getByRole('combobox', { name: 'Tags' }).press('Enter')
  const [chooser] = await Promise.all([page.waitForEvent('filechooser'), page.getByRole('button', { name: 'File', exact: true }).click()])
  await chooser.setFiles([
    { name: 'leaf.png', mimeType: 'image/png', buffer: png(800, 600) },
    { name: 'log.csv', mimeType: 'text/csv', buffer: Buffer.from('time,value\n1,2\n') },
    { name: 'program.exe', mimeType: 'application/octet-stream', buffer: Buffer.from('MZ\x00\x01') },
  ])
  await expect(page.getByRole('alert').filter({ hasText: 'not taken' })).toBeVisible()
  await page.getByRole('button', { name: 'Remove program.exe' }).click()
  await expect(page.getByRole('img', { name: 'leaf.png' })).toBeVisible()
  await picture(page, 'writing')
  await page.getByRole('button', { name: 'Add note' }).click()

  const note = page.getByRole('article', { name: 'First true leaves' })
  await expect(note.locator('strong')).toHaveText('twelve')
  await expect(note.getByText('<img src=x')).toBeVisible()
  await expect(note.getByRole('link', { name: 'Seedlings' })).toHaveAttribute('href', `/zones/${zone.id}`)
  await note.getByRole('button', { name: 'Look at leaf.png' }).click()
  const photo = page.getByRole('dialog').getByRole('img')
  await expect.poll(() => photo.evaluate((img: HTMLImageElement) => img.naturalWidth)).toBe(800)
  await picture(page, 'photo')
  await page.keyboard.press('Escape')
  const [download] = await Promise.all([page.waitForEvent('download'), note.getByRole('link', { name: /log\.csv/ }).click()])
  expect(download.suggestedFilename()).toBe('log.csv')

  await page.goto(`${hypha.url}/notes`)
  await hypha.call('POST', '/notes', { note: 'Pump replaced', tags: ['repair'] })
  await expect(page.getByRole('article', { name: 'Pump replaced' })).toBeVisible() // told by the feed
  await page.getByRole('button', { name: 'growth', exact: true }).click()
  await expect(page.getByRole('article')).toHaveCount(1)
  await expect(page).toHaveURL(/tag=growth/)
  await page.getByRole('button', { name: 'Photos' }).click()
  await expect(page.getByRole('button', { name: 'Look at First true leaves' })).toBeVisible()
  await page.goto(`${hypha.url}/notes?q=PUMP`)
  await expect(page.getByRole('article')).toHaveCount(1)
  await page.goto(`${hypha.url}/notes`)

  await note.getByRole('button', { name: /More for/ }).click()
  await page.getByRole('menuitem', { name: 'Edit' }).click()
  await page.getByLabel('What happened').fill('First leaves')
  await page.getByRole('button', { name: 'Save changes' }).click()
  const changed = page.getByRole('article', { name: 'First leaves' })
  await expect(changed.getByRole('img', { name: 'leaf.png' })).toBeVisible() // what belongs to it stayed
  await changed.getByRole('button', { name: /More for/ }).click()
  await page.getByRole('menuitem', { name: 'Delete' }).click()
  await expect(changed).toHaveCount(0)
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(changed).toBeVisible()
})

test('a photo is added on the phone', async ({ signedIn: page, hypha }) => {
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto(`${hypha.url}/more`)
  await page.getByRole('link', { name: 'Notes' }).click()
  await page.getByRole('button', { name: 'Write the first note' }).click()
  const camera = page.locator('input[capture="environment"]')
  await camera.setInputFiles({ name: 'IMG_1.png', mimeType: 'image/png', buffer: png(60, 90) })
  await page.getByLabel('What happened').fill('Mould on the soil')
  await page.getByRole('button', { name: 'Add note' }).click()
  await expect(page.getByRole('article', { name: 'Mould on the soil' }).getByRole('img')).toBeVisible()
  await picture(page, 'phone')
})
