import { translate as t } from '@/app/i18n'
import { cameraField } from '../camera/kind'
import { defineKind } from '../kind'
import { flag, integerField, rangeField } from '../parts/fields'
import { compact } from '../parts/firsts'
import { idOf } from '../parts/options'

export const USUAL_FPS = 8

export interface TimelapseOptions {
  camera?: number
  range?: string
  fps?: number
  autoplay?: boolean
}

export default defineKind<TimelapseOptions>({
  id: 'timelapse',
  group: 'pictures',
  icon: 'i-lucide-film',
  size: { w: 4, h: 4, minW: 2, minH: 3 },
  fields: (world) => [cameraField(world), rangeField('24h'), integerField('fps', 'fps', { min: 1, max: 25, initial: USUAL_FPS }), flag('autoplay', 'autoplay', false)],
  start: ({ cameras }) => compact({ camera: cameras[0]?.id, range: '24h', fps: USUAL_FPS }),
  title: ({ camera }, { cameras }) => {
    const name = cameras.find((one) => one.id === idOf(camera))?.name
    return name ? t('widgets.timelapse.of', { name }) : ''
  },
  view: () => import('./TimelapseWidget.vue'),
})
