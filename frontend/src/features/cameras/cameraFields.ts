import { translate as t } from '@/app/i18n'
import type { Camera, CameraDraft, CameraPatch, Kind, Zone } from '@/api/types'
import { parseSchema, plainField, type Field } from '@/forms/schema'
import { collect, mergePatch, startValues, type Values } from '@/forms/values'

/** A select cannot hold null: zone 0 is none. */
const NO_ZONE = 0

export interface CameraFields {
  head: Field[]
  options: Field[]
  timelapse: Field[]
  all: Field[]
}

export function cameraFields(kind: Kind, zones: Zone[], timelapseSchema: unknown): CameraFields {
  const head = [
    plainField({ name: 'name', kind: 'text', title: t('cameras.name'), required: true, maxLength: 100 }),
    plainField({
      name: 'zone',
      kind: 'choice',
      title: t('cameras.zone'),
      initial: NO_ZONE,
      choices: [{ value: NO_ZONE, label: t('cameras.zone_none') }, ...zones.map((zone) => ({ value: zone.id, label: zone.name }))],
    }),
  ]
  const options = parseSchema(kind.options_schema)
  const timelapse = parseSchema(timelapseSchema)
  const group = (name: string, fields: Field[]) => plainField({ name, kind: 'object', title: '', required: true, fields })
  return { head, options, timelapse, all: [...head, group('options', options), group('timelapse', timelapse)] }
}

export const cameraValues = (fields: CameraFields, camera?: Camera): Values => ({
  name: camera?.name ?? '',
  zone: camera?.zone ?? NO_ZONE,
  options: startValues(fields.options, camera?.options),
  timelapse: startValues(fields.timelapse, camera?.timelapse),
})

export const optionsOf = (fields: CameraFields, values: Values): Values => collect(fields.options, values.options as Values)
const lapseOf = (fields: CameraFields, values: Values): Values => collect(fields.timelapse, values.timelapse as Values)
const zoneOf = (values: Values): number | null => (values.zone === NO_ZONE ? null : (values.zone as number))
const nameOf = (values: Values): string => String(values.name ?? '').trim()

export const createBody = (kind: Kind, fields: CameraFields, values: Values): CameraDraft => ({
  name: nameOf(values),
  kind: kind.id,
  options: optionsOf(fields, values),
  timelapse: lapseOf(fields, values),
  zone: zoneOf(values) ?? undefined,
})

export const changeBody = (camera: Camera, fields: CameraFields, values: Values): CameraPatch => ({
  name: nameOf(values),
  zone: zoneOf(values),
  options: mergePatch(camera.options, optionsOf(fields, values)),
  timelapse: mergePatch(camera.timelapse, lapseOf(fields, values)),
})
