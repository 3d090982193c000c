/** The address of a page for a frame: http or https, without a name and password in it. */
export function addressOf(text: string, own: string): URL | null {
  const trimmed = text.trim()
  if (!trimmed) return null
  try {
    const url = new URL(trimmed, own)
    return (url.protocol === 'http:' || url.protocol === 'https:') && !url.username && !url.password ? url : null
  } catch {
    return null
  }
}

/** May it be shown? Own pages always; those of others when listed; nothing that is not encrypted inside of what is. */
export function verdictOf(url: URL, own: string, hosts: string[]): 'shown' | 'unlisted' | 'mixed' {
  if (url.origin === own) return 'shown'
  if (own.startsWith('https:') && url.protocol === 'http:') return 'mixed'
  return hosts.includes(url.origin) ? 'shown' : 'unlisted'
}
