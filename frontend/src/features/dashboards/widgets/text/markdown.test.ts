import { mount } from '@vue/test-utils'
import { describe, expect, it } from 'vitest'
import MarkdownText from './MarkdownText'
import { safeLink } from './markdown'

const drawn = (text: string, links = true) => mount({ components: { MarkdownText }, data: () => ({ text, links }), template: '<div><MarkdownText :text="text" :links="links" /></div>' })

describe('a link', () => {
  it.each(['https://example.org', 'http://10.0.0.5:3000/d', '/inputs/3', '#top', '?range=1h', 'notes', './notes', '../x'])('may lead to %s', (href) => expect(safeLink(href)).toBe(href))
  it.each(['javascript:alert(1)', ' JavaScript:alert(1)', 'java\nscript:alert(1)', 'data:text/html,x', 'vbscript:x', '//evil.example', '/\\evil.example', '/\t/evil.example', 'file:///etc/passwd', 'mailto:a@b'])(
    'may not lead to %j',
    (href) => expect(safeLink(href)).toBeNull(),
  )
})

describe('Markdown', () => {
  it('becomes headings below the page\'s own, lists and emphasis', () => {
    const page = drawn('## Feed\n\n- EC **1.4**\n- pH 6')
    expect(page.find('h4').text()).toBe('Feed')
    expect(page.findAll('li').map((li) => li.text())).toEqual(['EC 1.4', 'pH 6'])
    expect(page.find('strong').text()).toBe('1.4')
  })
  it('shows HTML as text and never makes any', () => {
    const page = drawn('<img src=x onerror=alert(1)> <b>bold</b>\n\n<script>alert(1)</script>')
    expect(page.find('script').exists() || page.find('img').exists() || page.find('b').exists()).toBe(false)
    expect(page.text()).toContain('<script>')
  })
  it('opens what leads outside in a tab of its own', () => expect(drawn('[x](https://example.org)').find('a').attributes()).toMatchObject({ rel: 'noopener noreferrer', target: '_blank' }))
  it('leaves a dangerous link as words', () => {
    const page = drawn('[press](javascript:alert(1))')
    expect(page.find('a').exists()).toBe(false)
    expect(page.text()).toBe('press')
  })
  it('has no links where nothing may be operated', () => expect(drawn('[x](https://example.org)', false).find('a').exists()).toBe(false))
  it('fetches pictures from Hypha alone', () => expect(drawn('![plan](https://evil.example/x.png) ![a](/api/v1/files/3)').findAll('img').map((img) => img.attributes('src'))).toEqual(['/api/v1/files/3']))
  it('draws tables, ticks and code', () => {
    const page = drawn('| a | b |\n|---|--:|\n| 1 | 2 |\n\n- [x] done\n\n`a < b & c`')
    expect(page.findAll('td').map((td) => td.text())).toEqual(['1', '2'])
    expect(page.find('li').text()).toContain('☑')
    expect(page.find('code').text()).toBe('a < b & c')
  })
})
