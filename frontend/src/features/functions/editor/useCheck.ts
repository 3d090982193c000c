import { onScopeDispose, shallowRef, watch } from 'vue'
import { checkScript, type ScriptFault } from '../script'

const PAUSE_MS = 350

/** The faults of a script while it is typed; null until it has been looked at. A check that does not come says nothing: saving asks again. */
export function useCheck(script: () => string) {
  const faults = shallowRef<ScriptFault[] | null>(null)
  let timer: ReturnType<typeof setTimeout> | undefined
  let nth = 0

  async function check(text: string): Promise<void> {
    const mine = ++nth
    try {
      const found = await checkScript(text)
      if (mine === nth) faults.value = found
    } catch {
      if (mine === nth) faults.value = null
    }
  }
  watch(
    script,
    (text) => {
      clearTimeout(timer)
      nth += 1
      if (!text.trim()) {
        faults.value = null
        return
      }
      timer = setTimeout(() => void check(text), PAUSE_MS)
    },
    { immediate: true },
  )
  onScopeDispose(() => clearTimeout(timer))
  return faults
}
