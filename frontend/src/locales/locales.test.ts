import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, it } from 'vitest'

const src = join(process.cwd(), 'src')
const files = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? files(join(folder, entry.name)) : [join(folder, entry.name)]))

type Tree = Record<string, unknown>
const keysOf = (tree: Tree, at = ''): string[] =>
  Object.entries(tree).flatMap(([key, value]) => (typeof value === 'object' && value !== null ? keysOf(value as Tree, `${at}${key}.`) : [`${at}${key}`]))

const words = files(join(src, 'locales')).filter((f) => f.endsWith('.json'))
const keys = words.flatMap((file) => keysOf(JSON.parse(readFileSync(file, 'utf8')) as Tree))
const known = new Set(keys)
const sources = files(src).filter((f) => /\.(vue|ts)$/.test(f) && !/\.test\.ts$|schema\.d\.ts$/.test(f))

/** Literal keys, and templates such as `state.${face}` as patterns. */
const used = sources.flatMap((file) =>
  [...readFileSync(file, 'utf8').matchAll(/\b(?:t|translate)\(\s*(?:[^'"`()]*\?\s*)?(['`])([a-z_]+\.[^'`]*?)\1/g)].map((m) => ({ file, key: m[2] ?? '' })),
)

it('has a word for every key that is asked for', () => {
  const missing = used.filter(({ key }) => {
    if (!key.includes('${')) return !known.has(key)
    const pattern = new RegExp(`^${key.replace(/\./g, '\\.').replace(/\$\{[^}]*\}/g, '.+')}$`)
    return !keys.some((k) => pattern.test(k))
  })
  expect(missing).toEqual([])
  expect(used.length).toBeGreaterThan(200)
})

it('says each thing in one place', () => {
  expect(keys.filter((key, i) => keys.indexOf(key) !== i)).toEqual([])
})
