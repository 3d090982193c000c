/** How the person who reads wants things shown. Kept in this browser, so that the first paint is right, and by the server for all. */
import { shallowRef, watch, type ShallowRef } from 'vue'

export const LANGUAGES = ['en', 'de', 'fr', 'es', 'nl'] as const
export type Language = (typeof LANGUAGES)[number]

export interface Reader {
  language: 'auto' | Language
  /** BCP 47, for numbers and dates; auto: the browser's of that language. */
  region: string
  theme: 'auto' | 'light' | 'dark'
  contrast: 'auto' | 'more'
  /** stored: each value in the unit of its channel. */
  units: 'stored' | 'metric' | 'imperial'
  /** Units chosen for one family each, before those of the system: {temperature: "F"}. */
  unitOf: Record<string, string>
  clock: 'auto' | '12' | '24'
  week: 'auto' | 'mon' | 'sat' | 'sun'
  /** Whose time: that of the place where Hypha stands, or that of this browser. */
  zone: 'site' | 'browser'
}

export const usual: Readonly<Reader> = {
  language: 'auto', region: 'auto', theme: 'auto', contrast: 'auto', units: 'stored', unitOf: {}, clock: 'auto', week: 'auto', zone: 'site',
}

const choices: { [K in keyof Reader]?: readonly string[] } = {
  language: ['auto', ...LANGUAGES], theme: ['auto', 'light', 'dark'], contrast: ['auto', 'more'], units: ['stored', 'metric', 'imperial'],
  clock: ['auto', '12', '24'], week: ['auto', 'mon', 'sat', 'sun'], zone: ['site', 'browser'],
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value)

function isRegion(value: unknown): value is string {
  if (typeof value !== 'string') return false
  try {
    return value === 'auto' || Intl.getCanonicalLocales(value).length === 1
  } catch {
    return false
  }
}

/** Whatever was kept, as far as it can be understood; the usual for the rest. */
export function readerOf(kept: unknown): Reader {
  const from = isObject(kept) ? kept : {}
  const known = Object.entries(choices).filter(([key, values]) => values.includes(String(from[key])))
  return {
    ...usual,
    ...(Object.fromEntries(known.map(([key]) => [key, from[key]])) as Partial<Reader>),
    region: isRegion(from.region) ? from.region : 'auto',
    unitOf: isObject(from.unitOf) ? Object.fromEntries(Object.entries(from.unitOf).filter((entry): entry is [string, string] => typeof entry[1] === 'string')) : {},
  }
}

const KEY = 'hypha-reader'

function kept(): unknown {
  try {
    return JSON.parse(localStorage.getItem(KEY) ?? '{}')
  } catch {
    return {}
  }
}

export const reader: ShallowRef<Reader> = shallowRef(readerOf(kept()))

watch(reader, (value) => localStorage.setItem(KEY, JSON.stringify(value)), { flush: 'sync' })
