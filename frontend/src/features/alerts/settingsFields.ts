/** The form of what holds for all notifications. */
import { translate as t } from '@/app/i18n'
import type { NotificationSettings, NotificationSettingsView } from '@/api/types'
import { plainField, type Field } from '@/forms/schema'
import { collect, startValues, type Values } from '@/forms/values'

const CLOCK = '^([01]\\d|2[0-3]):[0-5]\\d$'
const clock = (name: string, title: string) => plainField({ name, kind: 'text', title, pattern: CLOCK, placeholder: '08:00', when: { field: 'enabled', in: [true] } })

export function settingsFields(): Field[] {
  const part = (name: 'heartbeat' | 'digest' | 'quiet_hours', fields: Field[]) =>
    plainField({
      name, kind: 'object', title: t(`alert_settings.${name}`), help: t(`alert_settings.${name}_help`), required: true,
      fields: [plainField({ name: 'enabled', kind: 'switch', title: t('alert_settings.enabled') }), ...fields],
    })
  const on = { field: 'enabled', in: [true] }
  return [
    part('quiet_hours', [clock('from', t('alert_settings.from')), clock('to', t('alert_settings.to'))]),
    part('digest', [clock('at', t('alert_settings.at'))]),
    part('heartbeat', [
      plainField({ name: 'url', kind: 'secret', title: t('alert_settings.url'), help: t('alert_settings.url_help'), required: true, when: on }),
      plainField({ name: 'every_s', kind: 'number', title: t('alert_settings.every_s'), suffix: 's', min: 10, max: 86_400, when: on }),
      plainField({ name: 'method', kind: 'choice', title: t('alert_settings.method'), choices: [{ value: 'GET', label: 'GET' }, { value: 'POST', label: 'POST' }], when: on }),
    ]),
  ]
}

export const settingsValues = (fields: Field[], view: NotificationSettingsView): Values => startValues(fields, view as unknown as Values)

/** What is off keeps its times, so that it can be switched on again as it was. */
export function settingsBody(fields: Field[], values: Values, view: NotificationSettingsView, maintenance = view.maintenance_until): NotificationSettings {
  const given = collect(fields, values) as unknown as NotificationSettings
  return {
    quiet_hours: { ...view.quiet_hours, ...given.quiet_hours },
    digest: { ...view.digest, ...given.digest },
    heartbeat: { ...view.heartbeat, ...given.heartbeat },
    maintenance_until: maintenance,
  }
}
