import { onScopeDispose, shallowRef, watch } from 'vue'
import { api, unwrap } from '@/api/client'
import { messageOf } from '@/api/problem'
import type { Axis } from './axis'

/** Seconds on the axis and values; null where the method gives none. */
export interface Curve {
  x: number[]
  y: (number | null)[]
}

const PAUSE_MS = 60
const POINTS = 481

export async function previewOf(definition: Record<string, unknown>, axis: Axis, points = POINTS, signal?: AbortSignal): Promise<Curve> {
  const ms = (x: number) => String(Math.round(axis.origin + x * 1000))
  const query = { from: ms(axis.from), to: ms(axis.to), points }
  const { t, v } = unwrap(await api.POST('/methods/preview', { params: { query }, body: { definition }, signal }))
  return { x: t.map((at) => (at - axis.origin) / 1000), y: v as (number | null)[] }
}

/** What the server makes of a definition, while it is edited: asked at most every few hundredths of a second, the last question last. */
export function usePreview(definition: () => Record<string, unknown>, axis: () => Axis) {
  const curve = shallowRef<Curve>({ x: [], y: [] })
  const trouble = shallowRef('')
  let asked = ''
  let busy = false
  let timer: ReturnType<typeof setTimeout> | undefined

  async function ask(): Promise<void> {
    const raw = definition()
    const key = JSON.stringify([raw, axis().from, axis().to])
    if (key === asked) return
    asked = key
    busy = true
    try {
      curve.value = await previewOf(raw, axis())
      trouble.value = ''
    } catch (error) {
      trouble.value = messageOf(error)
    } finally {
      busy = false
      later()
    }
  }
  function later(): void {
    clearTimeout(timer)
    if (!busy) timer = setTimeout(() => void ask(), PAUSE_MS)
  }
  watch(() => JSON.stringify([definition(), axis()]), later, { immediate: true })
  onScopeDispose(() => clearTimeout(timer))
  return { curve, trouble }
}
