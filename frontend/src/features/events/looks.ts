import type { HyphaEvent } from '@/api/types'

interface Look {
  icon: string
  tone: string
}

const states: Record<string, Look> = {
  failed: { icon: 'i-lucide-circle-x', tone: 'text-bad' },
  backing_off: { icon: 'i-lucide-unplug', tone: 'text-warn' },
  degraded: { icon: 'i-lucide-triangle-alert', tone: 'text-warn' },
  running: { icon: 'i-lucide-circle-check', tone: 'text-ok' },
  inactive: { icon: 'i-lucide-circle-pause', tone: 'text-muted' },
}
const types: Record<string, Look> = {
  controller: { icon: 'i-lucide-activity', tone: 'text-muted' },
  output: { icon: 'i-lucide-plug', tone: 'text-muted' },
  audit: { icon: 'i-lucide-pencil', tone: 'text-muted' },
  alert: { icon: 'i-lucide-bell', tone: 'text-bad' },
  notification: { icon: 'i-lucide-send', tone: 'text-muted' },
  system: { icon: 'i-lucide-cpu', tone: 'text-muted' },
  auth: { icon: 'i-lucide-user', tone: 'text-muted' },
}

/** Icon and colour of an event: a controller's by its state, the rest by type. */
export function lookOf(event: HyphaEvent): Look {
  if (event.source === 'stop' && event.data?.stopped === false) return { icon: 'i-lucide-play', tone: 'text-ok' }
  if (/stop/i.test(event.source)) return { icon: 'i-lucide-octagon-x', tone: 'text-bad' }
  const state = event.data?.state
  if (event.type === 'controller' && typeof state === 'string' && states[state]) return states[state]
  // What a person did to an alert, and its end, are no alarm.
  if (event.type === 'alert' && (event.data?.action || event.data?.state === 'ok')) return { icon: 'i-lucide-bell', tone: event.data?.state === 'ok' ? 'text-ok' : 'text-muted' }
  return types[event.type] ?? { icon: 'i-lucide-list', tone: 'text-muted' }
}

/** Where a click on an event leads. */
export function placeOf(event: HyphaEvent): string | undefined {
  const ref = typeof event.data?.ref === 'string' ? event.data.ref : event.source
  const match = /^(input|output|function|zone|alert)\/(\d+)/.exec(ref)
  return match ? `/${match[1]}s/${match[2]}` : undefined
}
