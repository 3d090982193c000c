import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import type { Recipe, RecipePlan } from '@/api/types'
import { i18n, loadWords } from '@/app/i18n'
import { readFilling, writeFilling } from './filling'
import { sentencesOf } from './sentences'

beforeAll(() => loadWords(['recipes']))

const folder = join(process.cwd(), '../backend/internal/recipe/data')
const recipes = readdirSync(folder).map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as Recipe)

it.each(recipes)('$id has its words', (recipe) => {
  const keys = [
    `recipe.${recipe.id}.name`,
    `recipe.${recipe.id}.text`,
    ...recipe.stages.map((one) => `recipe_stage.${one.id}`),
    ...recipe.roles.map((one) => `recipe_role.${one.id}`),
    ...recipe.values.map((one) => `recipe_value.${one.id}`),
    ...[...recipe.functions, ...recipe.alerts].map((one) => `recipe_says.${one.id ?? ''}`),
  ]
  expect(keys.filter((key) => !i18n.global.te(key))).toEqual([])
})

describe('what plays a role', () => {
  it.each([{ how: 'channel', channel: 7 }, { how: 'output', output: 3 }, { how: 'output', output: 3, index: 2 }, { how: 'simulated' }, { how: 'none' }] as const)('%o can be chosen', (filling) =>
    expect(readFilling(writeFilling(filling))).toEqual(filling),
  )
})

it('says what it will do, with names and numbers', () => {
  const recipe = recipes.find((one) => one.id === 'grow_tent')!
  const plan: RecipePlan = {
    recipe: 'grow_tent', name: 'Tent A', stage: 'seedling', values: { temperature: 24, day_begins: '06:00', day_ends: '22:00' }, stand_ins: [], missing: [],
    roles: [{ id: 'heater', name: 'Fan heater', filling: { how: 'output', output: 1 }, candidates: [] }, { id: 'lamp', name: 'Panel', filling: { how: 'output', output: 2 }, candidates: [] }],
    parts: [{ id: 'heating', what: 'function', name: 'heating' }, { id: 'light', what: 'function', name: 'light' }, { id: 'unheard', what: 'alert', name: 'something new' }],
  }
  expect(sentencesOf(recipe, plan, (unit) => (unit === 'C' ? '°C' : unit)).map((one) => one.text)).toEqual([
    'Fan heater keeps 24 °C, and is off when the sensor is silent for 2 min.',
    'Panel is on from 06:00 to 22:00.',
    'something new',
  ])
})
