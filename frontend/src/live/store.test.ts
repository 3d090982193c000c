import { effectScope, watch } from 'vue'
import { expect, it, vi } from 'vitest'
import type { Batch } from './protocol'
import { LiveStore } from './store'

const batch = (readings: Batch['readings']): Batch => ({ readings, outputs: [], controllers: [], events: [], fresh: false })

it('redraws only what shows the channel', () => {
  const store = new LiveStore()
  const one = vi.fn()
  const two = vi.fn()
  const scope = effectScope()
  scope.run(() => {
    watch(store.sample(1), one, { flush: 'sync' })
    watch(store.sample(2), two, { flush: 'sync' })
  })
  store.apply(batch([[1, 10, 20]]))
  expect(one).toHaveBeenCalledTimes(1)
  expect(two).not.toHaveBeenCalled()
  scope.stop()
})

it('tells a change of quality apart from a change of value', () => {
  const store = new LiveStore()
  const seen = vi.fn()
  watch(store.quality(1), seen, { flush: 'sync' })
  store.apply(batch([[1, 10, 20]]))
  store.apply(batch([[1, 11, 21]]))
  store.apply(batch([[1, 12, 21, 'stale']]))
  expect(seen.mock.calls.map(([quality]) => quality)).toEqual(['good', 'stale'])
})

it('keeps the newer value when batches cross', () => {
  const store = new LiveStore()
  store.apply(batch([[1, 20, 5]]))
  store.apply(batch([[1, 10, 99]]))
  expect(store.sample(1).value).toEqual({ t: 20, v: 5, quality: 'good' })
})

it('forgets everything when another person signs in', () => {
  const store = new LiveStore()
  const sample = store.sample(1)
  store.apply(batch([[1, 20, 5]]))
  store.clear()
  expect(sample.value).toBeNull()
})
