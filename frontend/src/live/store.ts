import { shallowRef, type ShallowRef } from 'vue'
import type { Status } from '@/api/types'
import type { Batch, Connection, LiveOutput } from './protocol'

export type Quality = 'good' | 'stale' | 'out_of_range' | 'rejected' | 'substituted' | 'calibrating'

/** The newest value of a channel. t is ms since the epoch. */
export interface Sample {
  t: number
  v: number
  quality: Quality
}

export interface ConnectionState {
  connection: Connection
  /** When it became so, ms since the epoch. */
  since: number
  /** When the server was last heard, ms since the epoch. */
  lastHeard: number | null
}

type Listener<T> = (value: T) => void

/**
 * What is true now, outside Vue's deep reactivity: one shallow ref per channel, output channel and controller, so that a new value
 * redraws only what shows it.
 */
export class LiveStore {
  readonly connection = shallowRef<ConnectionState>({ connection: 'connecting', since: Date.now(), lastHeard: null })
  private readonly samples = new Map<number, ShallowRef<Sample | null>>()
  private readonly qualities = new Map<number, ShallowRef<Quality | null>>()
  private readonly statuses = new Map<string, ShallowRef<Status | null>>()
  private readonly outputs = new Map<string, ShallowRef<LiveOutput | null>>()
  private readonly batchListeners = new Set<Listener<Batch>>()

  sample(channel: number): ShallowRef<Sample | null> {
    return held(this.samples, channel)
  }

  /** Quality alone, which changes rarely: for what must not redraw with every value. */
  quality(channel: number): ShallowRef<Quality | null> {
    return held(this.qualities, channel)
  }

  /** Status of "input/3"; null until the feed has said something. */
  status(ref: string): ShallowRef<Status | null> {
    return held(this.statuses, ref)
  }

  output(id: number, index: number): ShallowRef<LiveOutput | null> {
    return held(this.outputs, `${id}/${index}`)
  }

  /** Calls back after each painted batch; the answer unsubscribes. */
  onBatch(listener: Listener<Batch>): () => void {
    this.batchListeners.add(listener)
    return () => this.batchListeners.delete(listener)
  }

  apply(batch: Batch): void {
    for (const [channel, t, v, quality] of batch.readings) {
      const ref = this.sample(channel)
      if (ref.value && ref.value.t > t) continue
      ref.value = { t, v, quality: (quality ?? 'good') as Quality }
      this.quality(channel).value = ref.value.quality
    }
    for (const { ref, status } of batch.controllers) this.status(ref).value = status
    for (const output of batch.outputs) this.output(output.id, output.index).value = output
    for (const listener of this.batchListeners) listener(batch)
  }

  /** A state that the server answered to a command, before the feed repeats it. */
  setOutput(output: LiveOutput): void {
    this.output(output.id, output.index).value = output
  }

  setConnection(state: ConnectionState): void {
    this.connection.value = state
  }

  /** Forgets everything, e.g. when another person signs in. */
  clear(): void {
    for (const ref of this.samples.values()) ref.value = null
    for (const ref of this.qualities.values()) ref.value = null
    for (const ref of this.statuses.values()) ref.value = null
    for (const ref of this.outputs.values()) ref.value = null
  }
}

function held<K, V>(map: Map<K, ShallowRef<V | null>>, key: K): ShallowRef<V | null> {
  let ref = map.get(key)
  if (!ref) {
    ref = shallowRef<V | null>(null)
    map.set(key, ref)
  }
  return ref
}
