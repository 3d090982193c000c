/** A diagnosis as text, to be handed to whoever helps. */
import type { Diagnosis, Exchange, Input } from '@/api/types'

/** JSON that is whole is spread over lines; everything else stays as it came. */
export function readable(exchange: Pick<Exchange, 'answer' | 'binary' | 'cut'>): string {
  if (exchange.binary || exchange.cut || !/^\s*[[{]/.test(exchange.answer)) return exchange.answer
  try {
    return JSON.stringify(JSON.parse(exchange.answer), null, 2)
  } catch {
    return exchange.answer
  }
}

const value = (v: number | null, unit: string) => (v === null ? '-' : `${v} ${unit}`.trim())

/** Plain and in no language: it goes into reports, and the answers are the device's own words. */
export function diagnosisText(input: Pick<Input, 'name' | 'kind'>, d: Diagnosis, symbol: (unit: string) => string): string {
  const lines = [`${input.name} (${input.kind}) ${d.at} ${d.way} ${Math.round(d.took_ms)} ms`]
  if (d.error) lines.push(`error: ${d.error}`)
  for (const c of d.channels) {
    const way = [value(c.raw, symbol(c.raw_unit)), c.calibrated === null ? '' : value(c.calibrated, symbol(c.raw_unit)), value(c.converted, symbol(c.unit))].filter(Boolean).join(' > ')
    lines.push(`${c.name}: ${way} ${[c.quality, c.why, c.error, c.note].filter(Boolean).join(', ')}`.trimEnd())
  }
  for (const e of d.exchanges) {
    lines.push('', `${e.t} ${e.way} ${[e.asked, e.to, e.status].filter(Boolean).join(' ')} (${e.bytes} B${e.cut ? ', cut' : ''}${e.binary ? ', hex' : ''})`)
    lines.push(e.error ? `error: ${e.error}` : e.answer)
  }
  return lines.join('\n')
}
