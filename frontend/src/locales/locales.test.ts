import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { describe, expect, it } from 'vitest'
import { LANGUAGES } from '@/format/reader'
import { same } from './same'

const src = join(process.cwd(), 'src')
const locales = join(src, 'locales')
const files = (folder: string): string[] =>
  readdirSync(folder, { withFileTypes: true }).flatMap((entry) => (entry.isDirectory() ? files(join(folder, entry.name)) : [join(folder, entry.name)]))

type Tree = Record<string, unknown>
const textsOf = (tree: Tree, at = ''): [string, string][] =>
  Object.entries(tree).flatMap(([key, value]): [string, string][] => (typeof value === 'object' && value !== null ? textsOf(value as Tree, `${at}${key}.`) : [[`${at}${key}`, String(value)]]))

/** The catalogues of a language: the shell's, and one for each feature. */
const cataloguesOf = (language: string): string[] =>
  [join(locales, `${language}.json`), ...(existsSync(join(locales, language)) ? files(join(locales, language)) : [])].filter((file) => file.endsWith('.json') && existsSync(file))
const read = (file: string) => textsOf(JSON.parse(readFileSync(file, 'utf8')) as Tree)

const english = cataloguesOf('en').flatMap(read)
const keys = english.map(([key]) => key)
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

const params = (text: string) => [...new Set([...text.matchAll(/\{(\w+)\}/g)].map((m) => m[1]))].sort()
const forms = (text: string) => text.split('|').length
/** Signs, units and names are the same everywhere; words are not. */
const wordless = (text: string) => !/\p{L}{2}/u.test(text.replace(/\{\w+\}/g, ''))

/** A language is there, whole, or it is not there yet. */
const translated = LANGUAGES.filter((language) => language !== 'en' && cataloguesOf(language).length > 0)
describe.each(translated.map((language) => ({ language })))('$language', ({ language }) => {
  const theirs = cataloguesOf(language)
  const texts = new Map(theirs.flatMap(read))

  it('has the catalogues that English has', () =>
    expect(theirs.map((file) => relative(locales, file).replace(language, 'en')).sort()).toEqual(cataloguesOf('en').map((file) => relative(locales, file)).sort()))

  it('has the same keys', () => {
    expect(keys.filter((key) => !texts.has(key))).toEqual([])
    expect([...texts.keys()].filter((key) => !known.has(key))).toEqual([])
  })

  it('leaves nothing empty, and no parameter out', () => {
    const wrong = english.filter(([key, text]) => {
      const mine = texts.get(key) ?? ''
      return (mine.trim() === '' && text.trim() !== '') || params(mine).join() !== params(text).join()
    })
    expect(wrong.map(([key]) => key)).toEqual([])
  })

  it('counts where English counts', () => {
    const wrong = english.filter(([key, text]) => forms(text) > 1 !== forms(texts.get(key) ?? '') > 1)
    expect(wrong.map(([key]) => key)).toEqual([])
  })

  it('leaves nothing in English by accident', () => {
    const left = english.filter(([key, text]) => texts.get(key) === text && !wordless(text) && !same.everywhere.includes(text) && !(same[language] ?? []).includes(text))
    expect(left).toEqual([])
  })
})
