import { onScopeDispose, shallowRef, watch } from 'vue'

/** A failed picture is asked for again, ever less often, at most once a minute. */
const SOON_MS = 2000
const LATE_MS = 60_000

/**
 * Pictures of an address, one after the other, while somebody looks. The next one is fetched before the present one goes, so that
 * nothing flickers; one that does not come leaves the last one standing, and says so.
 */
export function usePicture(address: () => string | null, everyMs: () => number) {
  const source = shallowRef('')
  const at = shallowRef<number | null>(null)
  const failed = shallowRef(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  let wait = SOON_MS
  let asked = 0

  function load(): void {
    clearTimeout(timer)
    const base = address()
    if (!base) return
    const mine = ++asked
    const url = `${base}${base.includes('?') ? '&' : '?'}t=${Date.now()}`
    const image = new Image()
    image.onload = () => {
      if (mine !== asked) return
      source.value = url
      at.value = Date.now()
      failed.value = false
      wait = SOON_MS
      timer = setTimeout(load, everyMs())
    }
    image.onerror = () => {
      if (mine !== asked) return
      failed.value = true
      timer = setTimeout(load, wait)
      wait = Math.min(LATE_MS, wait * 2)
    }
    image.src = url
  }
  watch([address, everyMs], ([now], [before] = [undefined, undefined]) => {
    if (now?.split('?')[0] !== before?.split('?')[0] && now !== null) source.value = ''
    asked += 1
    load()
  }, { immediate: true })
  onScopeDispose(() => {
    asked += 1
    clearTimeout(timer)
  })
  return { source, at, failed }
}
