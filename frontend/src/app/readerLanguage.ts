import { watch } from 'vue'
import { reader } from '@/format/reader'
import { i18n, languageFor, speak } from './i18n'

const wish = () => languageFor(reader.value.language, navigator.languages ?? [])
const PSEUDO = 'hypha-pseudo'

/**
 * Speaks the reader's language before the first page is drawn, and follows the choice from then on. For tests the browser may hold
 * a made-up language: long words, or a script that runs from right to left.
 */
export async function startLanguage(): Promise<void> {
  const pseudo = localStorage.getItem(PSEUDO)
  if (pseudo) (await import('./pseudo')).pretend(pseudo)
  const first = wish()
  try {
    if (first !== i18n.global.locale.value) await speak(first)
  } catch {
    // Without the words of that language the page still speaks English.
  }
  document.documentElement.lang = i18n.global.locale.value
  watch(wish, (language) => {
    speak(language).catch(() => undefined)
  })
}
