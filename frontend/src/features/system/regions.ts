/** Where a language is written, each with rules of its own for numbers and dates. */
const regions: Readonly<Record<string, readonly string[]>> = {
  en: ['en-GB', 'en-US', 'en-CA', 'en-AU', 'en-IE', 'en-ZA', 'en-IN'],
  de: ['de-DE', 'de-AT', 'de-CH'],
  fr: ['fr-FR', 'fr-CA', 'fr-CH', 'fr-BE'],
  es: ['es-ES', 'es-MX', 'es-AR', 'es-CL', 'es-CO'],
  nl: ['nl-NL', 'nl-BE'],
}

/** Those of the language first, named in it, then the others; sv-SE is for those who write dates as ISO does. */
export function regionsOf(language: string): { value: string; label: string }[] {
  const names = new Intl.DisplayNames([language], { type: 'language' })
  const own = regions[language] ?? []
  const others = Object.entries(regions).flatMap(([key, tags]) => (key === language ? [] : tags))
  return [...own, ...others, 'sv-SE'].map((tag) => ({ value: tag, label: names.of(tag) ?? tag }))
}
