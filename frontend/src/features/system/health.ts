/** How the program is, in words: what its figures say when a person who knows them reads them. */
import { i18n, known, translate } from '@/app/i18n'
import type { System } from '@/api/types'
import { formatNumber, splitBytes } from '@/format/number'
import { formatDuration } from '@/format/time'

export type HealthTone = 'ok' | 'warn' | 'bad' | 'safe'

export interface Finding {
  key: string
  tone: Exclude<HealthTone, 'ok'>
  words: string
  /** Where it is looked into. */
  to?: string
}

const LITTLE_DISK = 1_000_000_000
const NO_DISK = 200_000_000
const LATE_MS = 1000
const LONG_QUEUE = 10_000

const size = (bytes: number): string => Object.values(splitBytes(bytes)).join(' ')

/** A figure that needs a person, with the gravest first; empty when all is well. */
export function findings(s: System): Finding[] {
  const found: Finding[] = []
  const add = (when: unknown, finding: Finding) => when && found.push(finding)
  const word = (key: string, n: number, more: Record<string, unknown> = {}) => i18n.global.t(`system.health.${key}`, { n: formatNumber(n, 0), ...more }, n)
  const off = s.mqtt.filter((broker) => !broker.connected)

  add(s.stop.stopped, { key: 'stopped', tone: 'safe', words: translate('system.health.stopped') })
  add(s.safe_mode, { key: 'safe_mode', tone: 'bad', words: translate('system.health.safe_mode', { n: s.safe_mode?.failed_starts ?? 0, cause: s.safe_mode?.cause ?? '' }) })
  add(s.history.error, { key: 'history', tone: 'bad', words: translate('system.health.history', { error: s.history.error ?? '' }) })
  add(s.data_free_bytes < LITTLE_DISK, { key: 'disk', tone: s.data_free_bytes < NO_DISK ? 'bad' : 'warn', words: translate('system.health.disk', { size: size(s.data_free_bytes) }) })
  for (const state of ['failed', 'backing_off', 'degraded'] as const) {
    const n = s.controllers[state] ?? 0
    add(n > 0, { key: state, tone: state === 'failed' ? 'bad' : 'warn', words: word('devices', n, { state: known('state', state).toLowerCase() }), to: '/inputs' })
  }
  add(s.history.lost > 0, { key: 'lost', tone: 'warn', words: word('lost', s.history.lost) })
  add(s.history.queue > LONG_QUEUE, { key: 'queue', tone: 'warn', words: translate('system.health.queue', { n: formatNumber(s.history.queue, 0) }) })
  for (const { broker } of off) add(true, { key: `mqtt ${broker}`, tone: 'warn', words: translate('system.health.broker', { broker }) })
  add(s.lateness_ms.p99 > LATE_MS, { key: 'late', tone: 'warn', words: translate('system.health.late', { span: formatDuration(s.lateness_ms.p99) }) })
  add(s.abandoned_calls > 0, { key: 'abandoned', tone: 'warn', words: word('abandoned', s.abandoned_calls) })
  const grave = { bad: 0, safe: 1, warn: 2 } as const
  return found.sort((a, b) => grave[a.tone] - grave[b.tone])
}

/** The answer to "is it well?" and how long it has been running. */
export function healthSentence(s: System, found: Finding[]): { tone: HealthTone; title: string; text: string } {
  const tone: HealthTone = found[0]?.tone ?? 'ok'
  const title = found.length > 1 ? translate('system.health.some', { n: found.length }) : translate(found.length ? 'system.health.one' : 'system.health.well')
  return { tone, title, text: translate('system.health.running', { version: s.version, span: formatDuration(s.uptime_s * 1000) }) }
}
