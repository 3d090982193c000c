/** The routes for scripts: checking, trying without consequences, and the words they may use. A server that has none answers 404. */
import { toApiError, unreachable } from '@/api/problem'

export interface ScriptFault {
  line: number
  column: number
  message: string
}

export interface ScriptRead {
  what: string
  line: number
  name: string
  unit?: string
  over_s?: number
  value: number | null
  why?: string
}

export interface ScriptAction {
  what: string
  line: number
  held?: string
  error?: string
  text: string
}

export interface ScriptLog {
  line: number
  text: string
}

/** One run of many through the past. */
export interface Replay {
  t: number
  error?: string
  line?: number
  actions?: ScriptAction[]
}

export interface DryRun {
  ok: boolean
  error?: string
  line?: number
  reads: ScriptRead[]
  actions: ScriptAction[]
  logs: ScriptLog[]
  /** Of a run through the past: how often it ran, and the runs that did something. */
  runs?: number
  failed?: number
  series?: Replay[]
}

export interface Builtin {
  name: string
  signature: string
  doc: string
  example?: string
}

/** null: the server knows no such route. */
async function ask<T>(path: string, body?: unknown): Promise<T | null> {
  let response: Response
  try {
    response = await fetch(`/api/v1/functions/scripts/${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: body === undefined ? {} : { 'Content-Type': 'application/json' },
      body: body === undefined ? undefined : JSON.stringify(body),
    })
  } catch (cause) {
    throw unreachable(cause)
  }
  if (response.status === 404 || response.status === 405) return null
  const answer: unknown = await response.json().catch(() => null)
  if (!response.ok) throw toApiError(response.status, answer)
  return answer as T
}

export async function fetchBuiltins(): Promise<Builtin[] | null> {
  const answer = await ask<{ items?: Builtin[] } | Builtin[]>('builtins')
  if (answer === null) return null
  return Array.isArray(answer) ? answer : (answer.items ?? [])
}

export async function checkScript(script: string): Promise<ScriptFault[] | null> {
  const answer = await ask<{ errors?: ScriptFault[] | null }>('check', { script })
  return answer === null ? null : (answer.errors ?? [])
}

/** Runs a script on live values, or through the past hours; nothing is switched, told or kept. */
export async function dryRun(script: string, past?: { hours: number; everyS: number }): Promise<DryRun | null> {
  const through = past ? { from: `-${past.hours}h`, every_s: past.everyS } : {}
  const answer = await ask<Partial<DryRun>>('dry-run', { script, ...through })
  return answer === null ? null : normal(answer)
}

export const normal = (answer: Partial<DryRun>): DryRun => ({
  ...answer,
  ok: answer.ok ?? !answer.error,
  reads: answer.reads ?? [],
  actions: answer.actions ?? [],
  logs: answer.logs ?? [],
})
