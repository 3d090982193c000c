import { useColorMode } from '@vueuse/core'

export type Theme = 'auto' | 'light' | 'dark'

/** Light, dark or as the system says. public/theme.js reads the same key before the first paint. */
export const useTheme = () => useColorMode({ disableTransition: false, emitAuto: true })
