/** The form of a way to people. */
import { translate as t } from '@/app/i18n'
import type { Kind, NotificationRoute, NotificationRouteDraft } from '@/api/types'
import { parseSchema, plainField, type Field } from '@/forms/schema'
import { collect, mergePatch, startValues, type Values } from '@/forms/values'

export interface RouteFields {
  head: Field[]
  options: Field[]
  all: Field[]
}

export function routeFields(kind: Kind): RouteFields {
  const head = [
    plainField({ name: 'name', kind: 'text', title: t('route_form.name'), help: t('route_form.name_help'), required: true, maxLength: 100 }),
    plainField({
      name: 'min_severity', kind: 'choice', title: t('route_form.min_severity'), help: t('route_form.min_severity_help'), initial: 'info', required: true,
      choices: (['info', 'warning', 'critical'] as const).map((value) => ({ value, label: t(`alerts.from.${value}`) })),
    }),
    plainField({ name: 'enabled', kind: 'switch', title: t('route_form.enabled'), initial: true }),
    plainField({ name: 'digest', kind: 'switch', title: t('route_form.digest'), initial: true }),
  ]
  const options = parseSchema(kind.options_schema)
  return { head, options, all: [...head, plainField({ name: 'options', kind: 'object', title: '', required: true, fields: options })] }
}

export function routeValues(fields: RouteFields, shown?: NotificationRoute): Values {
  // What a page shows is watched by Vue, and what is watched cannot be cloned.
  const route = shown && (JSON.parse(JSON.stringify(shown)) as NotificationRoute)
  return { ...startValues(fields.head, route as Values | undefined), options: startValues(fields.options, route?.options) }
}

export function routeBody(kind: Kind, fields: RouteFields, values: Values, route?: NotificationRoute): NotificationRouteDraft {
  const options = collect(fields.options, values.options as Values)
  return {
    name: String(values.name ?? '').trim(),
    kind: kind.id,
    min_severity: values.min_severity as NotificationRouteDraft['min_severity'],
    enabled: values.enabled === true,
    digest: values.digest === true,
    options: route ? mergePatch(route.options, options) : options,
  }
}
