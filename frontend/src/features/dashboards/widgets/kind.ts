import type { Component } from 'vue'
import type { Alert, Camera, Channel, HyphaFunction, Input, Output, Zone } from '@/api/types'
import type { Field } from '@/forms/schema'

/** What exists, for widgets that fill themselves. */
export interface World {
  channels: Channel[]
  zones: Zone[]
  inputs: Input[]
  outputs: Output[]
  functions: HyphaFunction[]
  alerts: Alert[]
  cameras: Camera[]
}

/** The props of every widget's view. It fills its tile below the title, edge to edge and with a padding of its own, scrolls inside if it must, and has a state of its own for "no value", "gone" and "not set up". */
export interface WidgetProps<O = Record<string, unknown>> {
  options: O
  /** In columns and rows of the desktop's grid, so that a view can leave out what does not fit. A column of a phone counts as two. */
  size: { w: number; h: number }
  /** While the dashboard is arranged nothing can be operated. */
  editing: boolean
  /** A read-only link shows it: nothing can be operated, and links lead nowhere. */
  readonly: boolean
}

/** While a dashboard is arranged a view may change its own options: a value dragged on a picture. `change` tells those that differ. */
export interface WidgetEmits {
  change: [options: Record<string, unknown>]
}

export type WidgetGroup = 'values' | 'graphs' | 'control' | 'state' | 'pictures' | 'words'

/** One kind of widget. Its words are `widget.<id>.name` and `widget.<id>.help` of the catalogue "widgets". */
export interface WidgetKind<O extends object = Record<string, unknown>> {
  id: string
  group: WidgetGroup
  icon: string
  size: { w: number; h: number; minW: number; minH: number }
  /** The form of its options. */
  fields: (world: World) => Field[]
  /** Options of a new one, filled from what exists: never empty when there is something to show. */
  start: (world: World) => O
  /** The title that its tile wears unless somebody gave one; empty: none. */
  title: (options: O, world: World) => string
  /** Its tile has no ground and no border of its own: room and headings. */
  bare?: boolean
  /** Fetched with the first tile of its kind. */
  view: () => Promise<{ default: Component }>
}

/** A kind knows its own options; the list of all knows only that they are some. */
export const defineKind = <O extends object>(kind: WidgetKind<O>): WidgetKind => kind as unknown as WidgetKind
