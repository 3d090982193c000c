import { translate as t } from '@/app/i18n'
import { plainField, type Field } from '@/forms/schema'
import { defineKind, type World } from '../kind'
import { choiceField, flag, integerField } from '../parts/fields'
import { compact } from '../parts/firsts'
import { idOf } from '../parts/options'

export const PICTURES = ['still', 'live'] as const
export const USUAL_EVERY_S = 30

export interface CameraOptions {
  camera?: number
  picture?: string
  every_s?: number
  show_time?: boolean
}

export const cameraField = ({ cameras }: Pick<World, 'cameras'>): Field =>
  plainField({ name: 'camera', kind: 'choice', title: t('widgets.field.camera'), required: true, choices: cameras.map((camera) => ({ value: camera.id, label: camera.name })) })

export default defineKind<CameraOptions>({
  id: 'camera',
  group: 'pictures',
  icon: 'i-lucide-camera',
  size: { w: 4, h: 4, minW: 2, minH: 2 },
  fields: (world) => [
    cameraField(world),
    choiceField('picture', PICTURES, { help: t('widgets.field.picture_help') }),
    integerField('every_s', 'every', { min: 2, max: 86_400, initial: USUAL_EVERY_S, suffix: t('widgets.unit.s'), when: { field: 'picture', in: ['still'] } }),
    flag('show_time', 'show_time_picture', true, { advanced: true }),
  ],
  start: ({ cameras }) => compact({ camera: cameras[0]?.id, picture: 'still', every_s: USUAL_EVERY_S }),
  title: ({ camera }, { cameras }) => cameras.find((one) => one.id === idOf(camera))?.name ?? '',
  view: () => import('./CameraWidget.vue'),
})
