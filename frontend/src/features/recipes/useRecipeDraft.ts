import { computed, reactive, shallowRef, watch } from 'vue'
import { ApiError } from '@/api/problem'
import type { RecipeFilling, RecipeRequest } from '@/api/types'
import { useRecipePlan } from './queries'

/** What a person has chosen so far, and what the recipe makes of it. A new stage brings its own numbers. */
export function useRecipeDraft(id: () => string, inputs: number[]) {
  const name = shallowRef('')
  const stage = shallowRef('')
  const roles = reactive<Record<string, RecipeFilling>>({})
  const values = reactive<Record<string, number | string>>({})
  const request = computed<RecipeRequest>(() => ({
    ...(name.value.trim() && { name: name.value.trim() }),
    ...(stage.value && { stage: stage.value }),
    ...(inputs.length && { inputs }),
    roles: { ...roles },
    values: { ...values },
  }))
  const plan = useRecipePlan(id, request)
  watch(stage, () => Object.keys(values).forEach((key) => delete values[key]))
  const chosenStage = computed({ get: () => stage.value || plan.data.value?.stage || '', set: (value) => (stage.value = value) })
  const errors = computed(() => {
    const problem = plan.error.value
    if (!(problem instanceof ApiError)) return {}
    return Object.fromEntries(problem.fields.map((field) => [field.field.replace(/^values\./, ''), field.message]))
  })
  return { name, roles, values, request, plan, stage: chosenStage, errors }
}
