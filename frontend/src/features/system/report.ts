/** What may be shown to a stranger who helps: kinds, states and figures. No names, addresses, folders or secrets. */
import type { Input, Output, System, Zone } from '@/api/types'

const SECRET_WORDS = 'password|passwd|pwd|passphrase|token|secret|api[-_]?key|apikey|key|authorization|auth|cookie|session|credential'

const GROUPS = '[0-9a-f]{1,4}(?::[0-9a-f]{1,4})*'
/** All eight groups, or some left out: a time such as 14:06:31 is neither. */
const V6 = `(?:(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|(?:${GROUPS})?::(?:${GROUPS})?)`

const patterns: [RegExp, string][] = [
  // A scheme hides everything behind it: host, path, user and password.
  [/\b[a-z][a-z0-9+.-]*:\/\/[^\s"'<>)\]]+/gi, '<url>'],
  [/\b(bearer|basic)\s+[a-z0-9._~+/=-]+/gi, '$1 <secret>'],
  [new RegExp(`\\b(${SECRET_WORDS})(["']?\\s*[:=]\\s*)("[^"]*"|'[^']*'|[^\\s,;&]+)`, 'gi'), '$1$2<secret>'],
  [/[\w.+-]+@[\w-]+(\.[\w-]+)+/g, '<address>'],
  [/\b([0-9a-f]{2}[:-]){5}[0-9a-f]{2}\b/gi, '<address>'],
  [/\b\d{1,3}(\.\d{1,3}){3}(:\d+)?\b/g, '<address>'],
  [new RegExp(`(?<![\\w:])(\\[${V6}(%[\\w.-]+)?\\](:\\d+)?|${V6}(%[\\w.-]+)?)(?![\\w:]*\\w)`, 'gi'), '<address>'],
  [/\b[a-z0-9][a-z0-9-]*(\.[a-z0-9-]+)*\.(local|lan|home|internal|localdomain|arpa|com|net|org|io|de|eu|uk|dev|cloud)\b(:\d+)?/gi, '<host>'],
  [/(\/home\/|\/Users\/)[^/\s"']+/g, '$1<user>'],
  [/\b(?=[a-z0-9_-]*\d)(?=[a-z0-9_-]*[a-z])[a-z0-9_-]{24,}\b/gi, '<secret>'],
]

const escaped = (text: string) => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')

/** Takes out of a text what says who or where someone is; `names` are words of this installation that say it too. */
export function redact(text: string, names: string[] = []): string {
  const own = [...new Set(names.map((name) => name.trim()).filter((name) => name.length > 1))].sort((a, b) => b.length - a.length)
  let clean = text
  for (const [pattern, instead] of patterns) clean = clean.replace(pattern, instead)
  for (const name of own) clean = clean.replace(new RegExp(`(?<![\\w<])${escaped(name)}(?![\\w>])`, 'gi'), '<name>')
  return clean
}

export interface ReportOf {
  system: System
  inputs: Input[]
  outputs: Output[]
  zones: Zone[]
  user: string
  browser: string
  now: number
}

/** The report as text. It is made of what is named here: a field that the API gains later is not in it by itself. */
export function supportReport({ system: s, inputs, outputs, zones, user, browser, now }: ReportOf): string {
  const things = [...inputs, ...outputs]
  const names = [s.hostname, s.data_dir, user, ...things.flatMap((thing) => [thing.name, ...thing.channels.map((channel) => channel.name)]), ...zones.map((zone) => zone.name)]
  const clean = (text: string | undefined) => (text ? redact(text, names) : undefined)
  const report = {
    report: 'hypha',
    made_at: new Date(now).toISOString(),
    program: { version: s.version, commit: s.commit, go: s.go, platform: `${s.os}/${s.arch}`, uptime_s: Math.round(s.uptime_s) },
    figures: {
      memory_bytes: s.memory_bytes,
      cpu_seconds: Math.round(s.cpu_seconds),
      goroutines: s.goroutines,
      data_free_bytes: s.data_free_bytes,
      data_total_bytes: s.data_total_bytes,
      settings_bytes: s.settings.bytes,
      live_clients: s.live.clients,
      lateness_ms: s.lateness_ms,
      abandoned_calls: s.abandoned_calls,
      stopped: s.stop.stopped,
      controllers: s.controllers,
    },
    history: { engine: s.history.engine, points: s.history.points, bytes: s.history.bytes, queue: s.history.queue, lost: s.history.lost, error: clean(s.history.error) },
    mqtt: s.mqtt.map((broker) => ({ connected: broker.connected, error: clean(broker.error) })),
    inputs: inputs.map((input) => ({
      ref: `input/${input.id}`,
      kind: input.kind,
      enabled: input.enabled,
      period_s: input.period_s,
      channels: input.channels.length,
      state: input.status.state,
      reads: input.status.reads,
      failures: input.status.failures,
      error: clean(input.status.error),
    })),
    outputs: outputs.map((output) => ({ ref: `output/${output.id}`, kind: output.kind, enabled: output.enabled, channels: output.channels.map((channel) => channel.type), state: output.status.state, error: clean(output.status.error) })),
    zones: zones.map((zone) => ({ ref: `zone/${zone.id}`, targets: zone.targets.length, inputs: zone.inputs.length, outputs: zone.outputs.length })),
    browser,
  }
  return JSON.stringify(report, null, 2)
}
