/** The frames of GET /api/v1/live and the messages between the worker that holds the socket and the page. */
import type { HyphaEvent, OutputState, Status } from '@/api/types'

/** [channel, ms since the epoch, value] and, where it is not good, the quality. */
export type WireReading = [channel: number, t: number, v: number, quality?: string]
export type LiveOutput = OutputState & { id: number }
export interface LiveController {
  ref: string
  status: Status
}

export type Frame =
  | { op: 'snapshot'; seq: number; readings?: WireReading[]; outputs?: LiveOutput[]; controllers?: LiveController[] }
  | { op: 'readings'; seq: number; r: WireReading[] }
  | { op: 'output'; seq: number; output: LiveOutput }
  | { op: 'controller'; seq: number; controller: LiveController }
  | { op: 'event'; seq: number; event: HyphaEvent }
  | { op: 'error'; title: string; detail?: string }
  | { op: 'pong' }

/** What changed since the page last took something: at most one entry per channel, output channel and controller. */
export interface Batch {
  readings: WireReading[]
  outputs: LiveOutput[]
  controllers: LiveController[]
  events: HyphaEvent[]
  /** True when the server could not resume: what happened in between is not in this batch. */
  fresh: boolean
}

export type Connection = 'connecting' | 'live' | 'lost'

export type FromFeed =
  | { kind: 'batch'; batch: Batch }
  | { kind: 'connection'; connection: Connection; since: number; lastHeard: number | null }

export type ToFeed = { kind: 'start'; url: string } | { kind: 'taken' } | { kind: 'wake' } | { kind: 'stop' }
