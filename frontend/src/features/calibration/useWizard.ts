/** The way through a calibration: choose solutions, take a value in each, look at the verdict, save. */
import { computed, shallowRef } from 'vue'
import { inUnit, SOLUTIONS, START, type Method } from './solutions'
import type { CalibrationPoint } from './queries'
import type { Rest } from './steady'

export interface Step {
  /** Id of a solution; "": a reference that is typed. */
  solution: string
  typed: number | null
  taken: CalibrationPoint | null
}

export const MOST = 3
const blank = (solution: string): Step => ({ solution, typed: null, taken: null })

export function useWizard(method: Method, unit: string) {
  const steps = shallowRef<Step[]>(START[method].map(blank))
  const stage = shallowRef<'choose' | 'measure' | 'result'>('choose')
  const at = shallowRef(0)
  const celsius = shallowRef<number | null>(25)
  const choices = SOLUTIONS.filter((one) => one.method === method)
  const current = computed(() => steps.value[at.value])
  const solutionOf = (step: Step | undefined) => SOLUTIONS.find((one) => one.id === step?.solution)
  /** What is true of a step's solution, in the device's unit. */
  const actualOf = (step: Step | undefined): number | null => {
    const solution = solutionOf(step)
    if (!solution) return step?.typed ?? null
    const value = solution.steady ? solution.at(0) : celsius.value === null ? null : solution.at(celsius.value)
    return value === null ? null : inUnit(solution, value, unit)
  }
  const warm = computed(() => steps.value.some((step) => solutionOf(step) && !solutionOf(step)?.steady))
  const twice = computed(() => steps.value.some((step, i) => step.solution && steps.value.findIndex((other) => other.solution === step.solution) !== i))
  const ready = computed(() => !twice.value && steps.value.every((step) => actualOf(step) !== null))
  const points = computed(() => steps.value.flatMap((step) => (step.taken ? [step.taken] : [])))

  const change = (i: number, part: Partial<Step>) => (steps.value = steps.value.map((step, n) => (n === i ? { ...step, ...part } : step)))
  const add = () => (steps.value = [...steps.value, blank(choices.find((one) => !steps.value.some((step) => step.solution === one.id))?.id ?? '')])
  const drop = (i: number) => (steps.value = steps.value.filter((_, n) => n !== i))
  function begin() {
    steps.value = steps.value.map((step) => ({ ...step, taken: null }))
    at.value = 0
    stage.value = 'measure'
  }
  function take(rest: Rest, label: string) {
    const actual = actualOf(current.value)
    if (rest.mean === null || actual === null) return
    const warmth = solutionOf(current.value)?.steady || celsius.value === null ? {} : { temperature_c: celsius.value }
    change(at.value, { taken: { raw: rest.mean, actual, solution: label, spread: rest.spread ?? undefined, t: Date.now(), ...warmth } })
    if (at.value + 1 < steps.value.length) at.value += 1
    else stage.value = 'result'
  }
  function again(i = 0) {
    change(i, { taken: null })
    at.value = i
    stage.value = 'measure'
  }
  return { steps, stage, at, celsius, choices, current, solutionOf, actualOf, warm, twice, ready, points, change, add, drop, begin, take, again }
}
