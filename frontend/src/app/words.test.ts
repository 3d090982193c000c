import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { dirname, join, resolve } from 'node:path'
import { expect, it } from 'vitest'

/** A page must name the catalogues of words that it and all it is made of ask for; they are fetched with it. */
const src = join(process.cwd(), 'src')
type Tree = Record<string, unknown>
const heads = (file: string) => Object.keys(JSON.parse(readFileSync(file, 'utf8')) as Tree)
const core = new Set(heads(join(src, 'locales/en.json')))
const featureOf = new Map(
  readdirSync(join(src, 'locales/en')).flatMap((file) => heads(join(src, 'locales/en', file)).map((head) => [head, file.replace('.json', '')] as const)),
)

function imports(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen
  seen.add(file)
  for (const [, path] of readFileSync(file, 'utf8').matchAll(/(?:from|import\()\s*'((?:@|\.)\/?[^']+)'/g)) {
    const base = path?.startsWith('@/') ? join(src, path.slice(2)) : resolve(dirname(file), path ?? '')
    const found = [base, `${base}.ts`, join(base, 'index.ts')].find((f) => /\.(vue|ts)$/.test(f) && existsSync(f))
    if (found && !found.endsWith('router.ts')) imports(found, seen)
  }
  return seen
}

const router = readFileSync(join(src, 'app/router.ts'), 'utf8')
const routes = [...router.matchAll(/component: \(\) => import\('@\/([^']+)'\),\s*meta: \{([^\n]*?)\},?\n|component: \(\) => import\('@\/([^']+)'\),\s*meta: \{([^}]*(?:\{[^}]*\}[^}]*)*)\}/g)].map(
  (m) => ({ page: m[1] ?? m[3] ?? '', words: [...(/words: \[([^\]]*)\]/.exec(m[2] ?? m[4] ?? '')?.[1] ?? '').matchAll(/'([^']+)'/g)].map((w) => w[1] ?? '') }),
)

it('finds the pages', () => expect(routes.length).toBeGreaterThan(14))

it.each(routes)('$page has its words', ({ page, words }) => {
  const asked = new Set<string>()
  for (const file of imports(join(src, page))) {
    for (const [, , head] of readFileSync(file, 'utf8').matchAll(/\b(?:t|translate|known)\(\s*(?:[^'"`()]*\?\s*)?(['`])([a-z_]+)\./g)) {
      const feature = head && !core.has(head) ? featureOf.get(head) : undefined
      if (feature) asked.add(feature)
    }
  }
  expect([...asked].filter((feature) => !words.includes(feature))).toEqual([])
})
