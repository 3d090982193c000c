import { onScopeDispose, shallowRef, watch } from 'vue'
import { api, unwrap } from '@/api/client'
import { messageOf } from '@/api/problem'
import type { components } from '@/api/schema'

type Probe = components['schemas']['CalibrationProbe']
const EVERY_MS = 2000

/** What the device itself says, while the wizard is open: its readings are set aside until it is closed, or for a minute after it broke off. */
export function useProbe(id: () => number, on: () => boolean) {
  const probe = shallowRef<Probe | null>(null)
  const trouble = shallowRef('')
  let timer: ReturnType<typeof setTimeout> | undefined
  let running = false

  async function look(): Promise<void> {
    try {
      probe.value = unwrap(await api.POST('/channels/{id}/probe', { params: { path: { id: id() } } }))
      trouble.value = ''
    } catch (error) {
      trouble.value = messageOf(error)
    }
    if (running) timer = setTimeout(() => void look(), EVERY_MS)
  }
  function end(): void {
    if (!running) return
    running = false
    clearTimeout(timer)
    void api.DELETE('/channels/{id}/probe', { params: { path: { id: id() } } }).catch(() => undefined) // else it ends by itself
  }
  watch(
    on,
    (now) => {
      if (!now) end()
      else if (!running) {
        running = true
        probe.value = null
        void look()
      }
    },
    { immediate: true },
  )
  onScopeDispose(end)
  return { probe, trouble }
}
