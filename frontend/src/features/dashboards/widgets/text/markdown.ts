/** Markdown as nodes of the page: read by marked, drawn by us. No HTML of a text ever becomes HTML of the page. */
import { lexer, type Token, type Tokens } from 'marked'
import { h, type VNode, type VNodeChild } from 'vue'

/** Where a link may lead: http, https, and inside of Hypha; null for all else, such as javascript:. */
export function safeLink(href: string): string | null {
  // Browsers leave tabs and line ends out of addresses, and read a slash turned round as one.
  const trimmed = href.replace(/[\u0000-\u0020]/g, '')
  if (/^https?:\/\//i.test(trimmed)) return trimmed
  if (/^[/#?]/.test(trimmed) && !/^\/[/\\]/.test(trimmed)) return trimmed
  // What has a scheme is no relative address.
  return /^[\w.-]/.test(trimmed) && !/^[^/?#]*[:\\]/.test(trimmed) ? trimmed : null
}

/** Pictures come from Hypha itself; nothing is fetched from elsewhere. */
const safePicture = (src: string): string | null => (/^\/(?!\/)/.test(src.trim()) ? src.trim() : null)

const unescaped = (text: string): string =>
  text.replace(/&(amp|lt|gt|quot|#39);/g, (_, name: string) => ({ amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'" })[name] ?? '')

function inline(tokens: Token[] | undefined, links: boolean): VNodeChild[] {
  return (tokens ?? []).map((token): VNodeChild => {
    switch (token.type) {
      case 'strong':
        return h('strong', { class: 'font-semibold text-highlighted' }, inline(token.tokens, links))
      case 'em':
        return h('em', inline(token.tokens, links))
      case 'del':
        return h('del', inline(token.tokens, links))
      case 'codespan':
        return h('code', { class: 'rounded-sm bg-elevated px-1 font-mono text-[0.9em]' }, unescaped((token as Tokens.Codespan).text))
      case 'br':
        return h('br')
      case 'link': {
        const href = links ? safeLink((token as Tokens.Link).href) : null
        const inner = inline(token.tokens, false)
        if (!href) return h('span', inner)
        const outside = /^https?:/i.test(href)
        return h('a', { href, class: 'text-link underline underline-offset-2', ...(outside ? { target: '_blank', rel: 'noopener noreferrer' } : {}) }, inner)
      }
      case 'image': {
        const { href, text } = token as Tokens.Image
        const src = safePicture(href)
        return src ? h('img', { src, alt: text, class: 'inline-block max-h-full max-w-full rounded-md', loading: 'lazy' }) : text
      }
      default:
        return 'tokens' in token && token.tokens ? h('span', inline(token.tokens, links)) : unescaped(String((token as { text?: unknown }).text ?? token.raw))
    }
  })
}

const sizes = ['text-lg font-semibold', 'text-base font-semibold', 'text-sm font-semibold'] as const

function block(token: Token, links: boolean, key: number): VNode | null {
  switch (token.type) {
    case 'heading': {
      const { depth, tokens } = token as Tokens.Heading
      // The page has a heading of its own: those of a text lie below it.
      return h(`h${Math.min(6, depth + 2)}`, { key, class: `${sizes[Math.min(2, depth - 1)]} text-highlighted` }, inline(tokens, links))
    }
    case 'paragraph':
    case 'text':
      return h('p', { key }, (token as Tokens.Paragraph).tokens ? inline((token as Tokens.Paragraph).tokens, links) : unescaped((token as Tokens.Text).text))
    case 'blockquote':
      return h('blockquote', { key, class: 'border-s-2 border-accented ps-3 text-muted' }, blocks((token as Tokens.Blockquote).tokens, links))
    case 'code':
      return h('pre', { key, class: 'overflow-x-auto rounded-md bg-elevated p-2 font-mono text-xs', tabindex: 0 }, (token as Tokens.Code).text)
    case 'hr':
      return h('hr', { key, class: 'border-default' })
    case 'list': {
      const { ordered, start, items } = token as Tokens.List
      const look = ordered ? 'list-decimal' : 'list-disc'
      return h(ordered ? 'ol' : 'ul', { key, class: `${look} flex flex-col gap-0.5 ps-5`, ...(ordered && start ? { start } : {}) }, items.map((item, i) => listItem(item, links, i)))
    }
    case 'table':
      return table(token as Tokens.Table, links, key)
    case 'html':
      return h('p', { key }, (token as Tokens.HTML).text.trim())
    default:
      return null
  }
}

function listItem(item: Tokens.ListItem, links: boolean, key: number): VNode {
  // A tight item holds plain text, which is no paragraph.
  const inner = item.tokens.map((token, i) => (token.type === 'text' ? h('span', { key: i }, inline((token as Tokens.Text).tokens, links)) : block(token, links, i)))
  const box = item.task ? [h('span', { class: 'me-1.5', 'aria-hidden': 'true' }, item.checked ? '☑' : '☐')] : []
  return h('li', { key, class: [item.task && '-ms-5 list-none', item.checked && 'text-muted line-through'] }, [...box, ...inner])
}

function table(token: Tokens.Table, links: boolean, key: number): VNode {
  const cell = (tag: 'th' | 'td') => (one: Tokens.TableCell, i: number) =>
    h(tag, { key: i, class: ['border-b border-default py-1 pe-3', tag === 'th' && 'font-medium text-muted', one.align === 'right' ? 'text-end' : one.align === 'center' ? 'text-center' : 'text-start'] }, inline(one.tokens, links))
  return h('div', { key, class: 'overflow-x-auto', tabindex: 0 }, [
    h('table', { class: 'w-full' }, [h('thead', [h('tr', token.header.map(cell('th')))]), h('tbody', token.rows.map((row, i) => h('tr', { key: i }, row.map(cell('td')))))]),
  ])
}

const blocks = (tokens: Token[], links: boolean): VNode[] => tokens.flatMap((token, i) => block(token, links, i) ?? [])

/** The nodes of a text. Without `links` they are shown as plain words. */
export const markdown = (text: string, links = true): VNode[] => blocks(lexer(text), links)
