import { shallowRef } from 'vue'
import { createI18n } from 'vue-i18n'
import en from '@/locales/en.json'
import { LANGUAGES, type Language } from '@/format/reader'

export type Messages = typeof en
type Catalogue = Record<string, unknown>

export const i18n = createI18n({
  legacy: false,
  locale: 'en' as string,
  fallbackLocale: 'en',
  missingWarn: import.meta.env.DEV,
  fallbackWarn: false,
  messages: { en } as Record<string, Messages>,
})

/** For modules outside components. */
export const translate = (key: string, named: Record<string, unknown> = {}, plural?: number): string =>
  plural === undefined ? i18n.global.t(key, named) : i18n.global.t(key, named, plural)

/** The words of the shell, one catalogue for each language; English comes with the program. */
const cores = import.meta.glob<{ default: Catalogue }>(['../locales/*.json', '!../locales/en.json'])
/** The words of one feature, fetched with its first page: src/locales/<language>/<feature>.json. */
const catalogues = import.meta.glob<{ default: Catalogue }>('../locales/*/*.json')
/** What the library says by itself: "Close", "No matching data". English comes with it. */
const library = {
  de: () => import('@nuxt/ui/runtime/locale/de.js'),
  fr: () => import('@nuxt/ui/runtime/locale/fr.js'),
  es: () => import('@nuxt/ui/runtime/locale/es.js'),
  nl: () => import('@nuxt/ui/runtime/locale/nl.js'),
}
export const libraryWords = shallowRef<Awaited<ReturnType<typeof library.de>>['default']>()

/** The languages that have been written, in their usual order. */
export const languages: Language[] = LANGUAGES.filter((language) => language === 'en' || `../locales/${language}.json` in cores)

/** The language to speak: the chosen one, else the first of the browser's that there is, else English. */
export function languageFor(wish: string, browser: readonly string[]): Language {
  const wishes = wish === 'auto' ? browser.map((tag) => tag.toLowerCase().split('-')[0]) : [wish]
  return languages.find((language) => language === wishes.find((one) => (languages as string[]).includes(one ?? ''))) ?? 'en'
}

const loaded = new Set<string>(['../locales/en.json'])
const asked = new Set<string>()

async function merge(language: string, path: string, load: (() => Promise<{ default: Catalogue }>) | undefined): Promise<void> {
  if (loaded.has(path) || !load) return
  i18n.global.mergeLocaleMessage(language, (await load()).default)
  loaded.add(path)
}

/** A feature that a language does not have yet speaks English. */
function mergeFeature(language: string, feature: string): Promise<void> {
  const own = `../locales/${language}/${feature}.json`
  if (own in catalogues) return merge(language, own, catalogues[own])
  const english = `../locales/en/${feature}.json`
  return merge('en', english, catalogues[english])
}

export async function loadWords(features: string[]): Promise<void> {
  for (const feature of features) asked.add(feature)
  await Promise.all(features.map((feature) => mergeFeature(i18n.global.locale.value, feature)))
}

/** Speaks another language from now on, without a reload: first its words, then the switch. */
export async function speak(language: Language): Promise<void> {
  const core = `../locales/${language}.json`
  const [words] = await Promise.all([
    language === 'en' ? undefined : library[language](),
    merge(language, core, cores[core]),
    ...[...asked].map((feature) => mergeFeature(language, feature)),
  ])
  libraryWords.value = words?.default
  i18n.global.locale.value = language
  document.documentElement.lang = language
}

/** A word of the API (a state, a quality, a quantity) in the user's language, or the word itself when it is new to us. */
export const known = (prefix: string, word: string): string =>
  i18n.global.te(`${prefix}.${word}`) || i18n.global.te(`${prefix}.${word}`, 'en') ? i18n.global.t(`${prefix}.${word}`) : word.replaceAll('_', ' ')
