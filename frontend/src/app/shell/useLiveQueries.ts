import { useQueryClient } from '@tanstack/vue-query'
import { onScopeDispose } from 'vue'
import type { HyphaEvent } from '@/api/types'
import { live } from '@/live'

/** What an audit event's ref ("input/3") says about the queries that are now out of date. */
const stale: Record<string, string[][]> = {
  input: [['inputs'], ['channels'], ['zones'], ['discoveries']],
  output: [['outputs'], ['zones']],
  function: [['functions'], ['channels'], ['zones']],
  zone: [['zones'], ['channels'], ['inputs'], ['outputs'], ['functions']],
  channel: [['channels'], ['inputs']],
  unit: [['units']],
  user: [['users']],
  token: [['tokens']],
  alert: [['alerts']],
  'notification-route': [['notification-routes']],
  'notification-settings': [['notification-settings']],
}

export function staleKeys(event: HyphaEvent): string[][] {
  const ref = typeof event.data?.ref === 'string' ? event.data.ref : event.source
  if (event.type === 'audit') return stale[ref.split('/')[0] ?? ''] ?? []
  if (event.type === 'alert') return [['alerts']]
  if (event.type === 'notification') return [['notifications'], ['notification-routes'], ['notification-settings']]
  return event.type === 'output' && /stop/.test(event.source) ? [['stop']] : []
}

/** Keeps the query cache in step with the live feed: what others change appears here, and a break is caught up with. */
export function useLiveQueries(): void {
  const cache = useQueryClient()
  let connectedBefore = false
  const off = live.onBatch((batch) => {
    if (batch.fresh) {
      // After a break that could not be resumed anything may have changed; the first snapshot only confirms what was just fetched.
      if (connectedBefore) void cache.invalidateQueries()
      connectedBefore = true
      return
    }
    const keys = new Map<string, string[]>()
    for (const event of batch.events) {
      for (const key of staleKeys(event)) keys.set(key.join('/'), key)
      if (/stop/i.test(event.source) || event.type === 'system') keys.set('stop', ['stop'])
    }
    if (batch.events.length) keys.set('events', ['events'])
    for (const queryKey of keys.values()) void cache.invalidateQueries({ queryKey })
  })
  onScopeDispose(off)
}
