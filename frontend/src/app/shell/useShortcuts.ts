import { useEventListener } from '@vueuse/core'
import { useRouter } from 'vue-router'
import { createReader, isBusy, type Shortcut } from './shortcuts'

/** Listens for shortcuts wherever nobody types. */
export function useShortcuts(deeds: Record<NonNullable<Shortcut['does']>, () => void>): void {
  const router = useRouter()
  const read = createReader((shortcut) => {
    if (shortcut.to) void router.push(shortcut.to)
    else if (shortcut.does) deeds[shortcut.does]()
  })
  useEventListener(window, 'keydown', (event: KeyboardEvent) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || event.isComposing || isBusy(event)) return
    read(event)
  })
}
