import { VueQueryPlugin, QueryClient } from '@tanstack/vue-query'
import { mount } from '@vue/test-utils'
import { expect, it } from 'vitest'
import { defineComponent, h } from 'vue'
import { i18n } from '@/app/i18n'
import { useCatalogueWords } from './words'

const names = { humidity: 'relative humidity', temperature: 'temperature' }
function label(name: string, quantity: string): string {
  const cache = new QueryClient({ defaultOptions: { queries: { staleTime: Infinity } } })
  cache.setQueryData(['units'], [])
  cache.setQueryData(['quantities'], Object.entries(names).map(([id, text]) => ({ id, name: text })))
  const Probe = defineComponent(() => {
    const words = useCatalogueWords()
    return () => h('p', words.label({ name, quantity }))
  })
  return mount(Probe, { global: { plugins: [i18n, [VueQueryPlugin, { queryClient: cache }]] } }).text()
}

it.each([
  ['value', 'temperature', 'Temperature'],
  ['humidity', 'humidity', 'Humidity'],
  ['', 'co2', 'CO₂'],
  ['soil temperature', 'temperature', 'Soil temperature'],
  ['cpu_temp', 'temperature', 'Cpu temp'],
])('a channel named %j of %s is called %s', (name, quantity, word) => expect(label(name, quantity)).toBe(word))
