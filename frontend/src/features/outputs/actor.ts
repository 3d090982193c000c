import { known, translate } from '@/app/i18n'

/** Who drives an output, in words: "user:maya" is Maya by hand, "function/3" the function of that number, "safe" the safe state. */
export function actorOf(by: string, nameOf?: (ref: string) => string | undefined): string {
  if (by.startsWith('function/')) return translate('by.function', { name: nameOf?.(by) ?? translate('by.some_function') })
  const [kind = '', name = ''] = by.split(/:(.*)/s)
  if (name && (kind === 'user' || kind === 'token' || kind === 'function' || kind === 'input')) return translate(`by.${kind}`, { name })
  if (by.startsWith('alert/')) return translate('by.alert')
  return known('by', by)
}
