import type { Batch, Frame, LiveController, LiveOutput, WireReading } from './protocol'
import type { HyphaEvent } from '@/api/types'

const MAX_EVENTS = 200

/** Collects frames until someone takes them, and keeps only the newest of each thing: it cannot grow with time. */
export class Conflator {
  private readings = new Map<number, WireReading>()
  private outputs = new Map<string, LiveOutput>()
  private controllers = new Map<string, LiveController>()
  private events: HyphaEvent[] = []
  private fresh = false

  get empty(): boolean {
    return !this.fresh && !this.readings.size && !this.outputs.size && !this.controllers.size && !this.events.length
  }

  add(frame: Frame): void {
    switch (frame.op) {
      case 'snapshot':
        this.fresh = true
        for (const reading of frame.readings ?? []) this.reading(reading)
        for (const output of frame.outputs ?? []) this.output(output)
        for (const controller of frame.controllers ?? []) this.controllers.set(controller.ref, controller)
        return
      case 'readings':
        for (const reading of frame.r) this.reading(reading)
        return
      case 'output':
        this.output(frame.output)
        return
      case 'controller':
        this.controllers.set(frame.controller.ref, frame.controller)
        return
      case 'event':
        this.events.push(frame.event)
        if (this.events.length > MAX_EVENTS) this.events.shift()
    }
  }

  take(): Batch {
    const batch: Batch = {
      readings: [...this.readings.values()],
      outputs: [...this.outputs.values()],
      controllers: [...this.controllers.values()],
      events: this.events,
      fresh: this.fresh,
    }
    this.readings.clear()
    this.outputs.clear()
    this.controllers.clear()
    this.events = []
    this.fresh = false
    return batch
  }

  /** A late reading of the past never replaces a newer one. */
  private reading(reading: WireReading): void {
    const held = this.readings.get(reading[0])
    if (!held || held[1] <= reading[1]) this.readings.set(reading[0], reading)
  }

  private output(output: LiveOutput): void {
    this.outputs.set(`${output.id}/${output.index}`, output)
  }
}
