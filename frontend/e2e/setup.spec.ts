import { expect, person, picture, test } from './harness/test'

test('the first person sets up with the code, and takes what was found', async ({ page, fresh }) => {
  await page.goto(fresh.url)
  await expect(page).toHaveURL(/\/setup$/)
  await picture(page, 'setup')

  // A wrong code is said at the code.
  await page.getByLabel('Character 1 of the setup code').fill('ZZZZ-ZZZZ')
  await page.getByLabel('Your name').fill(person.username)
  await page.getByLabel('Password', { exact: true }).fill(person.password)
  await page.getByRole('button', { name: 'Create account' }).click()
  await expect(page.getByLabel('Character 1 of the setup code')).toHaveAttribute('aria-invalid', 'true')

  await page.getByLabel('Character 1 of the setup code').fill(fresh.setupCode)
  await page.getByRole('button', { name: 'Create account' }).click()
  await expect(page).toHaveURL(/\/setup\/found$/)
  const row = page.getByRole('listitem').filter({ hasText: 'processor, memory' })
  await expect(row).toContainText('%') // a live value
  await picture(page, 'found')
  await page.getByRole('button', { name: /^Start with/ }).click()

  await expect(page).toHaveURL(`${fresh.url}/`)
  await page.getByRole('link', { name: /^Inputs/ }).first().click() // its name ends with how many there are
  await expect(page.getByRole('main').getByText('Running').first()).toBeVisible()
  await expect(page.getByRole('main')).toContainText('%')
  await picture(page, 'inputs')
})

test('the first run makes the place that is looked after', async ({ page, fresh }) => {
  await fresh.setUp()
  await page.context().addCookies([fresh.session()])
  await page.goto(`${fresh.url}/setup/found`)
  await expect(page.getByRole('listitem').filter({ hasText: 'processor, memory' })).toBeVisible()
  const watch = page.getByRole('radio', { name: 'Only watch' })
  await expect(watch).toBeChecked()
  // By keyboard: the cards are one group of radio buttons.
  await watch.focus()
  await page.keyboard.press('ArrowUp')
  await expect(page.getByRole('radio', { name: 'Incubator' })).toBeChecked()
  await page.getByText('Grow tent').click()
  await picture(page, 'found-purpose')
  await page.getByRole('button', { name: /^Set up a grow tent/ }).click()
  await expect(page).toHaveURL(`${fresh.url}/`)
  await expect(page.getByRole('main').getByRole('link', { name: 'Grow tent', exact: true })).toBeVisible()
  const { items } = await fresh.call<{ items: { icon: string }[] }>('GET', '/zones')
  expect(items).toMatchObject([{ name: 'Grow tent', icon: 'sprout' }])
})

test('setup happens once', async ({ page, hypha }) => {
  await page.goto(`${hypha.url}/setup`)
  await expect(page).toHaveURL(/\/login/)
})

test('a person signs in where they wanted to go, and out again', async ({ page, hypha }) => {
  await page.goto(`${hypha.url}/events?type=auth`)
  await expect(page).toHaveURL(/\/login/)
  await page.getByLabel('Name').fill(person.username)
  await page.getByLabel('Password', { exact: true }).fill('not my password')
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page.getByRole('alert')).toBeVisible()
  await picture(page, 'refused')
  await page.getByLabel('Password', { exact: true }).fill(person.password)
  await page.getByRole('button', { name: 'Sign in' }).click()
  await expect(page).toHaveURL(/\/events\?type=auth/)
  await expect(page.getByRole('heading', { level: 1, name: 'Events' })).toBeVisible()
})

test('a page opened deep down waits for the sign-in and a session ends with its cookie', async ({ signedIn: page, hypha }) => {
  await page.goto(`${hypha.url}/inputs`)
  await expect(page.getByRole('heading', { level: 1, name: 'Inputs' })).toBeVisible()
  await page.context().clearCookies()
  await page.goto(`${hypha.url}/inputs`)
  await expect(page).toHaveURL(/\/login\?next=/)
})
