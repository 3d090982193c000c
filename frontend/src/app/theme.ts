import { useMediaQuery } from '@vueuse/core'
import { computed, watchEffect } from 'vue'
import { reader, type Reader } from '@/format/reader'

export type Theme = Reader['theme']

/** Light, dark or as the system says. As a ref it is the theme that is shown; `store` is what was chosen. */
export function useTheme() {
  const systemDark = useMediaQuery('(prefers-color-scheme: dark)')
  const store = computed(() => reader.value.theme)
  const shown = computed<Theme>({
    get: () => (store.value === 'auto' ? (systemDark.value ? 'dark' : 'light') : store.value),
    set: (theme) => (reader.value = { ...reader.value, theme }),
  })
  return Object.assign(shown, { store })
}

/** Puts theme and contrast on the document; public/theme.js does the same before the first paint. */
export function useThemeOnDocument(): void {
  const theme = useTheme()
  const systemContrast = useMediaQuery('(prefers-contrast: more)')
  watchEffect(() => {
    const more = reader.value.contrast === 'more' || systemContrast.value
    document.documentElement.classList.toggle('dark', theme.value === 'dark')
    document.documentElement.toggleAttribute('data-contrast', more)
  })
}
