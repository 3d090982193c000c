/** What a recipe will do, in sentences: "Heater keeps 24 °C". The names of roles and the numbers are filled in. */
import type { Recipe, RecipePlan, RecipeValue } from '@/api/types'
import { i18n, translate } from '@/app/i18n'
import { formatPlain } from '@/format/number'

export interface Sentence {
  key: string
  what: 'function' | 'alert'
  text: string
}

/** Words of ours for a part of a recipe; a recipe that we do not know yet says its own. */
export const wordOf = (path: string, otherwise: string): string => (i18n.global.te(path) ? translate(path) : otherwise)

const clean = (name: string) => name.replace(/, (value|switch|duty|temperature|humidity|moisture)$/, '')

export function paramsOf(recipe: Recipe, plan: RecipePlan, symbol: (unit: string) => string): Record<string, string> {
  const params: Record<string, string> = {}
  for (const role of plan.roles) params[role.id] = clean(role.name ?? '') || recipe.roles.find((one) => one.id === role.id)?.name || role.id
  for (const value of recipe.values) params[`${value.id}_value`] = valueText(value, plan.values[value.id], symbol)
  return params
}

export function valueText(value: Pick<RecipeValue, 'unit'>, given: unknown, symbol: (unit: string) => string): string {
  if (typeof given !== 'number') return String(given ?? '')
  return `${formatPlain(given, 2)} ${value.unit && value.unit !== 'pH' ? symbol(value.unit) : ''}`.trim()
}

export const sentencesOf = (recipe: Recipe, plan: RecipePlan, symbol: (unit: string) => string): Sentence[] => {
  const params = paramsOf(recipe, plan, symbol)
  return plan.parts.map((part) => {
    const key = `recipe_says.${part.id}`
    return { key: part.id, what: part.what, text: i18n.global.te(key) ? translate(key, params) : part.name }
  })
}
