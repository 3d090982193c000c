/** Marks over the curves: what happened, so that a bend or a gap has its reason. Made of the journal and the notes without any set-up. */
import type { HyphaEvent, Note } from '@/api/types'
import { lookOf, placeOf } from '@/features/events/looks'

export type MarkKind = 'trouble' | 'well' | 'alert' | 'calm' | 'stop' | 'hand' | 'dose' | 'setpoint' | 'calibration' | 'note'

export interface Mark {
  key: string
  kind: MarkKind
  t: number
  /** The end of what lasts. */
  until: number | null
  icon: string
  tone: string
  /** Weighs more than others when they lie too close to be drawn apart. */
  bad: boolean
  event?: HyphaEvent
  note?: Note
  /** Where it can be looked into. */
  to?: string
}

/** Marks that lie too close to be drawn apart, at the place of the first; the weightiest gives the look. */
export interface MarkGroup {
  t: number
  face: Mark
  marks: Mark[]
}

const BAD = new Set(['backing_off', 'failed', 'degraded'])
const GOOD = new Set(['running'])

const ofEvent = (event: HyphaEvent, kind: MarkKind, look: { icon: string; tone: string }, bad = false): Mark => ({
  key: `e${event.id}`, kind, t: Date.parse(event.t), until: null, icon: look.icon, tone: look.tone, bad, event, to: placeOf(event),
})

/** The turns from well to unwell and back; a device that tries and fails all night has turned once. */
export function turnsOf(events: HyphaEvent[]): Mark[] {
  const marks: Mark[] = []
  let unwell: boolean | null = null
  for (const event of [...events].sort((a, b) => a.id - b.id)) {
    const state = String(event.data.state)
    const bad = BAD.has(state)
    if ((!bad && !GOOD.has(state)) || bad === unwell) continue
    const mark = ofEvent(event, bad ? 'trouble' : 'well', lookOf(event), bad)
    const last = marks.at(-1)
    if (!bad && last?.bad) last.until = mark.t
    // To begin well is no news.
    if (unwell !== null || bad) marks.push({ ...mark, to: mark.to && `${mark.to}/events` })
    unwell = bad
  }
  return marks
}

/** What people did to outputs, and what was dosed. */
export function deedsOf(events: HyphaEvent[]): Mark[] {
  const marks: Mark[] = []
  for (const event of events) {
    const level = event.data.level as { volume_ml?: number } | null | undefined
    if (!level) continue
    if ((level.volume_ml ?? 0) > 0) marks.push(ofEvent(event, 'dose', { icon: 'i-lucide-droplet', tone: 'text-s7' }))
    else if (/^(user|token):/.test(event.user ?? '')) marks.push(ofEvent(event, 'hand', { icon: 'i-lucide-hand', tone: 'text-hand' }))
  }
  return marks
}

export interface Drawn {
  channels: ReadonlySet<number>
  inputs: ReadonlySet<string>
  functions: ReadonlySet<string>
}

/** Set-points, calibrations, alerts and stops that touch what is drawn. */
export function changesOf(events: HyphaEvent[], drawn: Drawn): Mark[] {
  return events.flatMap((event) => changeOf(event, drawn) ?? [])
}

function changeOf(event: HyphaEvent, drawn: Drawn): Mark | null {
  const { data } = event
  if (event.type === 'audit') {
    const change = data.change as { setpoint?: number } | undefined
    if (drawn.functions.has(event.source) && data.action === 'adjusted' && typeof change?.setpoint === 'number') {
      return ofEvent(event, 'setpoint', { icon: 'i-lucide-crosshair', tone: 'text-muted' })
    }
    const fields = Array.isArray(data.fields) ? data.fields : []
    if (typeof data.channel === 'number' && drawn.channels.has(data.channel) && fields.includes('calibration')) {
      return { ...ofEvent(event, 'calibration', { icon: 'i-lucide-ruler', tone: 'text-muted' }), to: `/${event.source.replace('/', 's/')}/settings` }
    }
    return null
  }
  if (event.type !== 'alert') return null
  if (event.source === 'stop') return ofEvent(event, 'stop', lookOf(event), data.stopped !== false)
  // What people do to an alert is no news of the plant.
  if (data.action || !data.state) return null
  const over = data.state === 'ok'
  return ofEvent(event, over ? 'calm' : 'alert', lookOf(event), !over)
}

/** Notes about what is drawn, and those about nothing in particular. */
export const notesOf = (notes: Note[], about: ReadonlySet<string>): Mark[] =>
  notes
    .filter((note) => !note.refs.length || note.refs.some((ref) => about.has(ref)))
    .map((note) => ({
      key: `n${note.id}`, kind: 'note', t: Date.parse(note.t), until: note.until ? Date.parse(note.until) : null, icon: 'i-lucide-notebook-pen', tone: 'text-primary', bad: false, note,
    }))

/** Marks nearer than `least` ms to the first of a group belong to it; `marks` in any order. Groups do not change while the view only moves. */
export function grouped(marks: Mark[], least: number): MarkGroup[] {
  const groups: MarkGroup[] = []
  for (const mark of [...marks].sort((a, b) => a.t - b.t)) {
    const last = groups.at(-1)
    if (!last || mark.t - last.t >= least) groups.push({ t: mark.t, face: mark, marks: [mark] })
    else {
      last.marks.push(mark)
      if (weight(mark) > weight(last.face)) last.face = mark
    }
  }
  return groups
}

const weight = (mark: Mark) => (mark.bad ? 2 : mark.kind === 'note' ? 1 : 0)
