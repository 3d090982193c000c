import { createI18n } from 'vue-i18n'
import en from '@/locales/en.json'

export type Messages = typeof en

export const i18n = createI18n({
  legacy: false,
  locale: 'en',
  fallbackLocale: 'en',
  missingWarn: import.meta.env.DEV,
  fallbackWarn: false,
  messages: { en },
})

/** For modules outside components. */
export const translate = (key: string, named: Record<string, unknown> = {}): string => i18n.global.t(key, named)

/** The words of one feature, fetched with its first page: src/locales/<language>/<feature>.json. */
const catalogues = import.meta.glob<{ default: Record<string, unknown> }>('../locales/*/*.json')
const loaded = new Set<string>()

export async function loadWords(features: string[]): Promise<void> {
  const language = i18n.global.locale.value
  await Promise.all(
    features.map(async (feature) => {
      const path = `../locales/${language}/${feature}.json`
      const load = catalogues[path]
      if (loaded.has(path) || !load) return
      i18n.global.mergeLocaleMessage(language, (await load()).default)
      loaded.add(path)
    }),
  )
}

/** A word of the API (a state, a quality, a quantity) in the user's language, or the word itself when it is new to us. */
export const known = (prefix: string, word: string): string =>
  i18n.global.te(`${prefix}.${word}`) ? i18n.global.t(`${prefix}.${word}`) : word.replaceAll('_', ' ')
