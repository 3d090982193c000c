/** The little of Markdown that people write without knowing it: lists, emphasis, code, addresses. */
export interface Inline {
  kind: 'text' | 'strong' | 'em' | 'code' | 'link'
  text: string
}
export type Block = { kind: 'paragraph' | 'heading'; lines: Inline[][] } | { kind: 'list'; items: Inline[][] }

const pattern = /\*\*([^*\n]+)\*\*|\*([^*\s][^*\n]*)\*|`([^`\n]+)`|(https?:\/\/[^\s<>"')\]]*[^\s<>"')\].,;:!?])/g

export function inlines(line: string): Inline[] {
  const parts: Inline[] = []
  let at = 0
  for (const found of line.matchAll(pattern)) {
    if (found.index > at) parts.push({ kind: 'text', text: line.slice(at, found.index) })
    const [whole, strong, em, code] = found
    if (strong !== undefined) parts.push({ kind: 'strong', text: strong })
    else if (em !== undefined) parts.push({ kind: 'em', text: em })
    else if (code !== undefined) parts.push({ kind: 'code', text: code })
    else parts.push({ kind: 'link', text: whole })
    at = found.index + whole.length
  }
  if (at < line.length) parts.push({ kind: 'text', text: line.slice(at) })
  return parts
}

export function blocks(text: string): Block[] {
  const all: Block[] = []
  let open: Block | null = null
  for (const line of text.split('\n')) {
    const item = /^\s*[-*•]\s+(.*)$/.exec(line)
    const heading = /^#{1,3}\s+(.*)$/.exec(line)
    if (!line.trim()) {
      open = null
    } else if (item) {
      if (open?.kind !== 'list') all.push((open = { kind: 'list', items: [] }))
      open.items.push(inlines(item[1] ?? ''))
    } else if (heading) {
      all.push({ kind: 'heading', lines: [inlines(heading[1] ?? '')] })
      open = null
    } else {
      if (open?.kind !== 'paragraph') all.push((open = { kind: 'paragraph', lines: [] }))
      open.lines.push(inlines(line))
    }
  }
  return all
}
