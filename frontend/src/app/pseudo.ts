/** A made-up language that shows what a translation would break: texts forty per cent longer, or a page from right to left. */
import { i18n } from './i18n'

const LONGER = 0.4
const FILL = 'ëxtrå '

/** Keeps what stands in the text, and makes it longer at its end. */
export function longer(text: string): string {
  const more = Math.ceil(text.trim().length * LONGER)
  return text.trim() === '' ? text : `${text} ${FILL.repeat(Math.ceil(more / FILL.length)).slice(0, more).trim()}`
}

export function pretend(how: string): void {
  if (how === 'rtl') document.documentElement.dir = 'rtl'
  if (how === 'long' || how === 'rtl') i18n.global.setPostTranslationHandler((text) => (typeof text === 'string' ? longer(text) : text))
}
