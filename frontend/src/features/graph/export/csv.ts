/** Readings as a file, with how far it has come. */
import { toApiError } from '@/api/problem'

export interface Progress {
  rows: number
  bytes: number
}

const NEWLINE = 10
const TELL_MS = 200

/** Streams an export into a Blob; `tell` hears of it now and then. Throws what the server says. */
export async function fetchCsv(url: string, signal: AbortSignal, tell: (progress: Progress) => void): Promise<Blob> {
  const answer = await fetch(url, { signal, credentials: 'same-origin' })
  if (!answer.ok || !answer.body) throw toApiError(answer.status, await answer.json().catch(() => undefined))
  const parts: Uint8Array<ArrayBuffer>[] = []
  const progress: Progress = { rows: -1, bytes: 0 } // the heading is no row
  let told = 0
  const reader = answer.body.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) break
    parts.push(value as Uint8Array<ArrayBuffer>)
    progress.bytes += value.length
    for (const byte of value) if (byte === NEWLINE) progress.rows += 1
    if (performance.now() - told > TELL_MS) {
      told = performance.now()
      tell({ ...progress })
    }
  }
  return new Blob(parts, { type: 'text/csv' })
}

/** Hands a file to the browser's downloads. */
export function save(blob: Blob, name: string): void {
  const url = URL.createObjectURL(blob)
  follow(url, name)
  setTimeout(() => URL.revokeObjectURL(url), 60_000)
}

export function follow(url: string, name: string): void {
  const link = document.createElement('a')
  link.href = url
  link.download = name
  document.body.append(link)
  link.click()
  link.remove()
}

/** "tent-climate-2026-03-12-0906.svg": what it is of and from when on. */
export function fileName(title: string, from: number, ending: string): string {
  const words = title.toLowerCase().normalize('NFKD').replace(/[\u0300-\u036f]/g, '').replace(/[^\p{L}\p{N}]+/gu, '-').replace(/^-|-$/g, '')
  const d = new Date(from)
  const two = (n: number) => String(n).padStart(2, '0')
  return `${words || 'graph'}-${d.getFullYear()}-${two(d.getMonth() + 1)}-${two(d.getDate())}-${two(d.getHours())}${two(d.getMinutes())}.${ending}`
}
