/** All kinds of widgets, in the order in which they are offered. Their views are fetched with the first tile of their kind. */
import alerts from './alerts/kind'
import bars from './bars/kind'
import camera from './camera/kind'
import countdown from './countdown/kind'
import events from './events/kind'
import frame from './frame/kind'
import functionKind from './function/kind'
import gauge from './gauge/kind'
import graph from './graph/kind'
import heatmap from './heatmap/kind'
import histogram from './histogram/kind'
import indicator from './indicator/kind'
import lanes from './lanes/kind'
import linear from './linear/kind'
import method from './method/kind'
import note from './note/kind'
import output from './output/kind'
import pid from './pid/kind'
import plan from './plan/kind'
import setpoint from './setpoint/kind'
import spacer from './spacer/kind'
import status from './status/kind'
import table from './table/kind'
import tank from './tank/kind'
import text from './text/kind'
import timelapse from './timelapse/kind'
import value from './value/kind'
import values from './values/kind'
import weather from './weather/kind'
import zone from './zone/kind'
import type { WidgetKind } from './kind'

export const kinds: WidgetKind[] = [
  value,
  values,
  gauge,
  linear,
  table,
  weather,
  graph,
  heatmap,
  histogram,
  bars,
  lanes,
  method,
  output,
  setpoint,
  pid,
  functionKind,
  zone,
  status,
  indicator,
  alerts,
  events,
  countdown,
  tank,
  camera,
  timelapse,
  plan,
  frame,
  note,
  text,
  spacer,
]

const byId = new Map(kinds.map((kind) => [kind.id, kind]))

/** The kind of a widget; undefined for one that this version does not know. */
export const kindOf = (id: string): WidgetKind | undefined => byId.get(id)
